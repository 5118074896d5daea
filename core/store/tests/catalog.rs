//! The catalogue suite: every method of the port, on SQLite and on PostgreSQL alike.
#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

mod catalog {
    pub(crate) mod accounts;
    pub(crate) mod artefacts;
    pub(crate) mod audit;
    pub(crate) mod backup;
    pub(crate) mod check;
    pub(crate) mod keys;
    pub(crate) mod leases;
    pub(crate) mod migrated;
    pub(crate) mod plans;
    pub(crate) mod sessions;
    pub(crate) mod signing_keys;
    pub(crate) mod space;
    pub(crate) mod support;
    pub(crate) mod transactions;
    pub(crate) mod upgrade;
    pub(crate) mod versions;
    pub(crate) mod visibility;
    pub(crate) mod web_logins;
}

use catalog::support::{on_postgres, on_sqlite};

/// Runs a case on both databases, as two tests.
macro_rules! on_both {
    ($($noun:ident :: $case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                let store = super::on_sqlite().await;
                super::catalog::$noun::$case(&store).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let store = super::on_postgres().await;
                super::catalog::$noun::$case(&store).await;
            })+
        }
    };
}

on_both!(
    artefacts::an_artefact_reads_back_as_it_was_written,
    artefacts::names_are_told_apart_without_regard_to_case,
    artefacts::a_deleted_artefact_is_not_found_but_can_be_locked,
    artefacts::a_listing_shows_what_the_caller_may_see,
    artefacts::a_listing_goes_on_where_the_last_page_ended,
    artefacts::words_find_by_their_start_and_nothing_in_them_is_a_pattern,
    artefacts::a_rare_word_is_found_among_all_that_share_the_common_ones,
    artefacts::a_name_of_the_file_door_stays_with_its_first_format,
    artefacts::tags_name_versions_and_move,
    versions::a_version_reads_back_with_its_files_and_their_details,
    versions::versions_are_listed_newest_first_without_details,
    versions::a_line_is_a_range_and_yanked_and_unstable_ones_can_be_left_out,
    versions::the_last_the_latest_and_the_newest_are_told_apart,
    versions::deleted_versions_are_seen_by_transactions_alone,
    versions::a_blob_in_use_can_be_shared,
    keys::a_key_reads_back_and_is_found_by_its_short_id,
    keys::a_revoked_key_is_dead_at_once_and_a_second_time_is_no_news,
    keys::the_last_use_only_moves_forward,
    keys::the_keys_of_accounts_are_told_apart_and_revoked_together,
    accounts::an_account_reads_back_and_its_name_never_comes_back,
    accounts::a_password_is_set_and_taken_away,
    accounts::a_hash_takes_the_place_of_the_one_that_was_checked_and_of_no_other,
    accounts::tokens_of_a_user_are_revoked_and_other_keys_are_not,
    accounts::accounts_are_listed_by_name_kind_and_member,
    accounts::a_person_is_read_with_every_standing,
    accounts::members_come_and_go,
    accounts::an_account_has_one_grant_which_changes_and_goes,
    accounts::superadmins_that_work_are_known_by_name,
    sessions::a_session_reads_back_and_is_found_by_its_token,
    sessions::sessions_that_do_not_hold_any_more_are_not_listed,
    sessions::sessions_end_one_by_one_or_all_but_one,
    sessions::a_setup_link_is_used_once_and_replaced_by_a_newer_one,
    sessions::of_two_who_use_the_setup_link_one_does,
    web_logins::a_sign_in_of_a_program_reads_back_and_is_completed_and_taken_once,
    web_logins::of_two_who_take_a_sign_in_one_gets_it,
    web_logins::no_more_sign_ins_are_pending_than_may_be,
    signing_keys::one_key_signs_at_a_time_and_the_others_are_listed_without_secrets,
    signing_keys::a_retired_key_has_lost_its_private_part_and_may_come_back_with_one,
    visibility::a_listing_shows_exactly_what_the_decision_lets_be_seen,
    visibility::what_an_artefact_names_is_found_and_forgotten_with_every_change,
    audit::events_are_listed_newest_first_and_filtered,
    audit::a_window_of_the_trail_is_right_to_the_microsecond,
    transactions::what_is_not_committed_never_happened,
    transactions::of_two_who_make_the_same_artefact_one_does,
    transactions::who_has_locked_an_artefact_is_alone_with_it,
    space::a_blob_is_unused_when_its_last_file_goes,
    space::two_who_remove_the_last_two_files_of_a_blob_leave_it_unused,
    space::what_is_taken_into_use_again_is_not_condemned,
    space::a_condemned_blob_is_used_by_nobody_and_forgotten,
    space::a_noted_blob_is_known_and_unused_until_a_file_takes_it,
    space::a_sweep_and_a_publish_that_meet_never_both_win,
    space::space_is_added_up,
    space::dying_blobs_come_page_by_page_and_are_added_up_with_the_unused,
    space::unknown_blobs_are_noted_once_and_forgotten_when_they_are_gone,
    space::a_registry_is_named_once_whoever_comes_second,
    space::what_is_retained_is_listed_with_sizes_and_tags,
    space::artefacts_of_a_format_come_page_by_page_with_their_policies,
    leases::a_lease_is_held_by_one_and_renewed,
    leases::a_lease_that_nobody_renews_is_taken_over,
    leases::a_lease_of_a_clock_that_was_wrong_is_taken_over,
    leases::of_many_who_want_a_lease_one_gets_it,
    check::a_blob_is_read_with_what_its_files_say,
    check::blobs_come_page_by_page_without_dying_ones,
    check::files_that_use_another_blob_leave_theirs_unused,
    check::a_wrong_mark_is_corrected_and_a_right_one_stays,
    check::the_size_of_a_blob_is_written_everywhere,
    check::all_artefacts_come_page_by_page_with_what_finds_them,
    backup::every_table_and_column_is_part_of_a_backup_or_left_out_on_purpose,
    backup::what_was_exported_reads_the_same_from_either_database,
    backup::a_snapshot_is_one_moment,
    backup::only_blobs_that_files_use_are_exported,
    backup::rows_of_an_older_schema_are_imported_and_migrated,
    backup::nothing_is_imported_where_something_is,
    backup::a_wrong_line_is_named_and_nothing_of_the_import_stays,
    backup::what_a_newer_version_has_written_is_refused,
    plans::everything_that_is_asked_reads_by_an_index,
    plans::a_second_migration_finds_nothing_to_do,
    upgrade::statements_of_the_schema_before_still_work,
    upgrade::access_given_before_is_listed_after,
    migrated::what_any_older_schema_held_reads_the_same_in_the_newest,
);
