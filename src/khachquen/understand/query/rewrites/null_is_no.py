"""Where rows are picked, a condition that is null picks none: no need to say "or else no".

Answers are never null, so conditions say "coalesce(city = 'Huế', false)". Around a bare comparison
that hides it from the statistics of files and from indexes; a filter means the same without.
"""

from khachquen.understand.query.expressions import Both, Call, Either, Expression


def rewrite(where: Expression) -> Expression:
    """The same filter; below a "not" nothing is touched, because not null is null as well."""
    match where:
        case Call("or_false", (inner,)):
            return rewrite(inner)
        case Both(parts):
            return Both(tuple(rewrite(part) for part in parts))
        case Either(parts):
            return Either(tuple(rewrite(part) for part in parts))
    return where
