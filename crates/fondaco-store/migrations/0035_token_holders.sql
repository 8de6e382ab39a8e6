-- Who holds a token that an operator made: `user:ID`, or a name that the operator gave, in small letters.
-- Tokens of one holder are one person where reports are weighed; NULL is a token of which nobody has said.
ALTER TABLE tokens ADD COLUMN holder TEXT;
CREATE INDEX tokens_by_holder ON tokens (holder);
