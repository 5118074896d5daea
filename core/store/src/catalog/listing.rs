//! The statements of a listing.
//!
//! What somebody sees is public, or names one of the accounts, or lies within a scope. Each of these has an index, but no
//! index has all of them: a listing for an account is the union of three, each of which reads from its own index and ends
//! after a page. So it costs what the caller may see, not what there is.

use cellier_model::fold_name;
use cellier_model::keys::Scope;
use cellier_model::ports::{ArtefactPage, ArtefactQuery, ArtefactSort, Sight, Visible};

use crate::catalog::crowd::Indexes;
use crate::catalog::records::end_of_prefix;
use crate::catalog::search::Search;
use crate::db::Query;

macro_rules! artefact_columns {
    () => {
        "a.id, a.format, a.name, a.category, a.title, a.description, a.public, a.private_access, a.owners, a.retention, \
         a.latest, a.size, a.revision, a.created_at, a.updated_at, a.data_updated_at, a.deleted_at"
    };
}
pub(super) use artefact_columns;

/// How the name of an artefact is written where an index may find it, and where none shall: an expression has none.
const NAME: &str = "a.name_fold";
const NAME_WITHOUT_INDEX: &str = "a.name_fold || ''";

/// The statement that reads a page, and one artefact more if there is one.
pub(super) fn page(wanted: &ArtefactQuery, search: Search<'_>, indexes: Indexes) -> Query {
    let select = concat!("SELECT ", artefact_columns!(), " FROM ");
    let mut query = Query::new("list artefacts", select).planned_anew();
    let Visible::PublicOr(sight) = &wanted.visible else {
        query.push("artefacts a WHERE ");
        push_filter(&mut query, wanted, search);
        push_visible(&mut query, &wanted.visible);
        push_page(&mut query, wanted);
        return query;
    };
    query.push("(");
    push_union(&mut query, wanted, search, (sight, indexes), push_page);
    // A cross join, so that SQLite looks up what the union found, and not the union for whatever the table holds.
    query.push(") AS seen CROSS JOIN artefacts a WHERE a.id = seen.id");
    push_page(&mut query, wanted);
    query
}

/// The statement that counts what a listing shows on all its pages together.
pub(super) fn count(wanted: &ArtefactQuery, search: Search<'_>, indexes: Indexes) -> Query {
    let select = "SELECT count(*) AS count FROM (";
    let mut query = Query::new("count artefacts", select).planned_anew();
    if let Visible::PublicOr(sight) = &wanted.visible {
        push_union(&mut query, wanted, search, (sight, indexes), push_counted);
    } else {
        query.push("SELECT a.id FROM artefacts a WHERE ");
        push_filter(&mut query, wanted, search);
        push_visible(&mut query, &wanted.visible);
    }
    push_counted(&mut query, wanted);
    query.push(") AS counted");
    query
}

/// The statement that counts, up to `most`, what the scopes of a sight cover.
pub(super) fn count_of_scopes(sight: &Sight, most: u32) -> Query {
    let select =
        "SELECT count(*) AS count FROM (SELECT 1 FROM artefacts a WHERE a.deleted_at IS NULL";
    let mut query = Query::new("count what scopes cover", select).planned_anew();
    push_scope(&mut query, " AND ", &sight.within, NAME);
    push_one_of(&mut query, &sight.scopes, NAME);
    query.push(" LIMIT ").push_value(most).push(") AS counted");
    query
}

fn push_visible(query: &mut Query, visible: &Visible) {
    match visible {
        Visible::Everything | Visible::PublicOr(_) => {}
        Visible::Public => {
            query.push(" AND a.public");
        }
        Visible::Nothing => {
            query.push(" AND 1 = 0");
        }
    }
}

/// The identifiers of what somebody sees, each branch cut off by `push_end`.
fn push_union(
    query: &mut Query,
    wanted: &ArtefactQuery,
    search: Search<'_>,
    (sight, indexes): (&Sight, Indexes),
    push_end: fn(&mut Query, &ArtefactQuery),
) {
    query.push("SELECT id FROM (SELECT a.id FROM artefacts a WHERE a.public AND ");
    push_filter(query, wanted, search);
    push_end(query, wanted);
    query.push(") AS of_all");
    if !sight.accounts.is_empty() {
        query.push(" UNION SELECT id FROM (SELECT a.id FROM (SELECT DISTINCT artefact_id FROM artefact_access");
        query.push(" WHERE account IN (");
        query.push_values(sight.accounts.iter().map(ToString::to_string));
        query.push(")) AS named CROSS JOIN artefacts a WHERE a.id = named.artefact_id AND ");
        push_filter_of_few(query, wanted, search);
        push_scope(query, " AND ", &sight.within, NAME);
        push_end(query, wanted);
        query.push(") AS of_accounts");
    }
    if !sight.scopes.is_empty() {
        query.push(" UNION SELECT id FROM (SELECT a.id FROM artefacts a WHERE ");
        if indexes.of_filters || sight.scopes.iter().any(Scope::is_unlimited) {
            push_filter(query, wanted, search);
        } else {
            push_filter_of_few(query, wanted, search);
        }
        let name = if indexes.of_names {
            NAME
        } else {
            NAME_WITHOUT_INDEX
        };
        push_scope(query, " AND ", &sight.within, name);
        push_one_of(query, &sight.scopes, name);
        push_end(query, wanted);
        query.push(") AS of_scopes");
    }
}

fn push_filter(query: &mut Query, wanted: &ArtefactQuery, search: Search<'_>) {
    push_filter_on(
        query,
        wanted,
        search,
        (" AND a.format = ", " AND a.category = "),
    );
}

/// The same where artefacts are found by something else, which may be few of thousands that have this format or
/// category. SQLite, which does not know how many those are, must not look there: an expression has no index.
fn push_filter_of_few(query: &mut Query, wanted: &ArtefactQuery, search: Search<'_>) {
    let columns = (" AND a.format || '' = ", " AND a.category || '' = ");
    push_filter_on(query, wanted, search, columns);
}

fn push_filter_on(
    query: &mut Query,
    wanted: &ArtefactQuery,
    search: Search<'_>,
    (format_is, category_is): (&'static str, &'static str),
) {
    query.push("a.deleted_at IS NULL");
    search.push(query);
    if let Some(format) = &wanted.format {
        query.push(format_is).push_value(format.as_str());
    }
    if let Some(category) = &wanted.category {
        query.push(category_is).push_value(category.as_str());
    }
}

/// One of the scopes; nothing needs to be said if one of them covers everything.
fn push_one_of(query: &mut Query, scopes: &[Scope], name: &'static str) {
    if scopes.iter().any(Scope::is_unlimited) {
        return;
    }
    let mut before = " AND (";
    for scope in scopes {
        query.push(before);
        push_scope(query, "", scope, name);
        before = " OR ";
    }
    query.push(")");
}

/// The conditions of a scope, joined by `AND`, with `before` before the first; nothing for one without any. `name` is how the
/// name is written.
fn push_scope(query: &mut Query, before: &'static str, scope: &Scope, name: &'static str) {
    let mut before = before;
    let mut and = |query: &mut Query| {
        query.push(std::mem::replace(&mut before, " AND "));
    };
    if let Some(format) = &scope.format {
        and(query);
        query.push("a.format = ").push_value(format.as_str());
    }
    if let Some(category) = &scope.category {
        and(query);
        query.push("a.category = ").push_value(category.as_str());
    }
    let Some(pattern) = scope.name.as_ref().filter(|name| !name.matches_all()) else {
        return;
    };
    and(query);
    match pattern.prefix() {
        Some(prefix) => {
            query
                .push(name)
                .push(" >= ")
                .push_value(prefix.as_str())
                .push(" AND ")
                .push(name)
                .push(" < ")
                .push_value(end_of_prefix(&prefix));
        }
        None => {
            query
                .push(name)
                .push(" = ")
                .push_value(fold_name(pattern.as_str()));
        }
    }
}

/// The page after the last one, by its keys and not by counting rows: the thousandth page is as fast as the first.
fn push_page(query: &mut Query, wanted: &ArtefactQuery) {
    match (&wanted.sort, &wanted.after) {
        (ArtefactSort::Updated, Some(after)) => {
            query
                .push(" AND (a.data_updated_at, a.id) < (")
                .push_value(after.data_updated_at.as_micros());
            query.push(", ").push_value(after.id.to_string()).push(")");
        }
        (ArtefactSort::Name, Some(after)) => {
            query
                .push(" AND (a.name_fold, a.format) > (")
                .push_value(after.name.folded());
            query.push(", ").push_value(after.format.as_str()).push(")");
        }
        (_, None) => {}
    }
    match wanted.sort {
        ArtefactSort::Updated => query.push(" ORDER BY a.data_updated_at DESC, a.id DESC"),
        ArtefactSort::Name => query.push(" ORDER BY a.name_fold, a.format"),
    };
    query
        .push(" LIMIT ")
        .push_value(u64::from(wanted.limit) + 1);
}

fn push_counted(query: &mut Query, _wanted: &ArtefactQuery) {
    query.push(" LIMIT ").push_value(ArtefactPage::COUNTED);
}
