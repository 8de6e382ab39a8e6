-- Mails that wait to be sent: a server that is away loses none, and no request waits for it. What was
-- sent or given up is deleted, since mails hold links.

CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL
);
CREATE INDEX mails_due ON mails (run_at);
