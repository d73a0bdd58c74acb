-- Whoever shares a block with it.
INSERT INTO candidate FROM record WHERE id IN ($ids)
