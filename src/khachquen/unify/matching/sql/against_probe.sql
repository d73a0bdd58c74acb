(SELECT id AS l, $id AS r FROM record WHERE id IN ($ids))
