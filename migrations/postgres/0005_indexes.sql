-- Indexes for what is asked often of many rows. Servers of the schema before go on working: to them it only is faster.

-- Of equal places in the order the identifier decides, so that the last version of thousands is one step away.
CREATE INDEX versions_in_order ON versions (artefact_id, sort_key, id);
DROP INDEX versions_by_order;
-- Where most artefacts have one version, both this index and that of one version seem equally good to find one, and of
-- such two PostgreSQL takes the newer.
CREATE UNIQUE INDEX versions_one_of_each ON versions (artefact_id, version);
ALTER TABLE versions DROP CONSTRAINT versions_artefact_id_version_key;

-- Most keys of a registry are revoked or replaced after a while.
CREATE INDEX api_keys_working ON api_keys (id) WHERE revoked_at IS NULL;

-- A rare action among the many of its noun.
CREATE INDEX audit_events_by_action ON audit_events (action, id);

-- Listings of a category in the order of names; and of what is public of a format or category, where most is not.
CREATE INDEX artefacts_of_category_by_name ON artefacts (category, name_fold, format);
CREATE INDEX artefacts_public_of_format_by_change ON artefacts (format, data_updated_at, id)
    WHERE public AND deleted_at IS NULL;
CREATE INDEX artefacts_public_of_format_by_name ON artefacts (format, name_fold) WHERE public AND deleted_at IS NULL;
CREATE INDEX artefacts_public_of_category_by_change ON artefacts (category, data_updated_at, id)
    WHERE public AND deleted_at IS NULL;
CREATE INDEX artefacts_public_of_category_by_name ON artefacts (category, name_fold, format)
    WHERE public AND deleted_at IS NULL;
