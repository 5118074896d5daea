//! The name of the registry.

use cellier_model::ports::CatalogError;

use crate::RegistryId;
use crate::catalog::Store;
use crate::db::Query;

const SELECT: &str = "SELECT id FROM registry WHERE only_row = 1";

impl Store {
    /// The name of the registry; `None` if it has none yet.
    pub async fn registry_id(&self) -> Result<Option<RegistryId>, CatalogError> {
        let query = Query::new("read the name of the registry", SELECT);
        let row = self.database.fetch_optional(query).await?;
        row.map(|row| row.parsed("id", str::parse)).transpose()
    }

    /// Names the registry if it has no name yet, and gives the name that it then has: that of the first who came.
    pub async fn name_registry(&self, name: &RegistryId) -> Result<RegistryId, CatalogError> {
        let insert =
            "INSERT INTO registry (only_row, id) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING";
        let query = Query::new("name the registry", insert).bind(name.to_string());
        let mut session = self.database.begin().await?;
        session.execute(query).await?;
        session.commit().await?;
        let named = self.registry_id().await?;
        named.ok_or(CatalogError::Conflict)
    }
}
