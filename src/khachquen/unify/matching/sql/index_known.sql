-- A look-up reads a few dozen of a million.
CREATE UNIQUE INDEX record_by_id ON known.record (id)
