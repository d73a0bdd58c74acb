"""People of the shop working with customers: what they write down, whom they keep in view."""
