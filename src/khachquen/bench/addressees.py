"""People with nothing but a name and an address, straight into the tables."""


