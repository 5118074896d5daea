-- What the sixth schema added; the fifth added indexes alone.
INSERT INTO registry (only_row, id) VALUES (1, '00112233445566778899aabbccddeeff');

INSERT INTO orphans (blob_key, first_seen, last_seen)
VALUES ('eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.0000000000000005', 600, 601);
