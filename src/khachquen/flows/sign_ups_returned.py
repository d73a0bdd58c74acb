"""What comes back of letters that ask to confirm a sign-up: known by their envelope sender, noted
with the sign-up. There is nobody yet whose timeline it could stand on."""

from datetime import datetime

from khachquen.activate.channels.email.reports import Mail
from khachquen.activate.confirmations import find_confirmation, note_returned
from khachquen.activate.returned.envelopes import read_envelope_sender
from khachquen.activate.returned.knowing import Believed, own_report

_WHY = {"hard": "bounced", "complaint": "complained"}


def hear_sign_up(mail: Mail, key: bytes, *, now: datetime) -> Believed | None:
    """The report, where it is about one of these letters; told again it changes nothing."""
    told = (read_envelope_sender(address, key, at=now) for address in mail.returned_to)
    number = next((one for one in told if one is not None), None)
    row = find_confirmation(number) if number is not None else None
    own = own_report(mail.reports, row.address) if row else None
    if row is None or own is None:
        return None
    if own.kind in _WHY:
        note_returned(row.pk, _WHY[own.kind])
    return Believed(own, known_by="envelope")
