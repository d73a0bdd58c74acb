-- Planned once: planning takes longer than comparing sixty records.
PREPARE $name AS
$sql
