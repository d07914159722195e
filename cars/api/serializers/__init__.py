"""Cars and what belongs to them in JSON. What verbs and the server decide is read-only here."""
