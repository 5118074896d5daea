//! What a database computes where a tileset has it stored.

use super::required::REQUIRED;
use super::{Kind, Object, Schema};
use crate::mbtiles::database::Database;
use crate::mbtiles::tables::{Columns, Index};
use crate::mbtiles::view::View;
use crate::stop::Stop;
use crate::text::quote;

impl Schema {
    /// Everything that is computed where a tileset has it stored, as sentences. The thorough check of strict mode works
    /// out all indexes, so they are held to the same.
    pub(super) fn computed(
        &self,
        database: &Database,
        with_indexes: bool,
    ) -> Result<Vec<String>, Stop> {
        let mut computed = Vec::new();
        for table in self.of_kind(Kind::Virtual) {
            let name = quote(&table.name);
            computed.push(format!(
                "{name} is a virtual table: a program makes up its rows"
            ));
        }
        for table in self.of_kind(Kind::Table) {
            let name = quote(&table.name);
            if let Some(column) = Columns::of(database, &table.name)?.computed {
                computed.push(format!("column {} of {name} is computed", quote(&column)));
            } else if with_indexes {
                for index in Index::all_of(database, &table.name)? {
                    if index.is_partial || index.columns(database)?.contains(&None) {
                        computed.push(format!(
                            "index {} of {name} is computed",
                            quote(&index.name)
                        ));
                    }
                }
            }
        }
        for (name, _) in REQUIRED {
            for view in self.views_behind(name) {
                if let Some(problem) = self.problem_of_view(view) {
                    computed.push(format!("view {} {problem}", quote(&view.name)));
                }
            }
        }
        Ok(computed)
    }

    /// What a view does that no view of a tileset does, as the end of a sentence.
    fn problem_of_view(&self, view: &Object) -> Option<String> {
        let read = match View::read(&view.sql) {
            Ok(read) => read,
            Err(problem) => return Some(problem),
        };
        // What cannot be merged into one query would be worked out in memory first.
        let mut views = self.of_kind(Kind::View);
        let joined = views.find(|other| read.mentions(&other.name) && other.name != view.name)?;
        read.joins
            .then(|| format!("joins another view, {}", quote(&joined.name)))
    }
}
