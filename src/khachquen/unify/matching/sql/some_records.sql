(SELECT * FROM record WHERE id IN ($ids))
