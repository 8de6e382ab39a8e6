//! Which accounts are those of one person.

use crate::{StoreError, Tx};

impl Tx {
    /// The person behind an account: `user:ID` is one, a token's is whom an operator has named as its
    /// holder. `None` where nobody has said: it can be anybody's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_behind(&mut self, account: &str) -> Result<Option<String>, StoreError> {
        let Some(token) = account.strip_prefix("token:") else { return Ok(Some(account.to_owned())) };
        let holder: Option<Option<String>> = sqlx::query_scalar("SELECT holder FROM tokens WHERE id = $1")
            .bind(token)
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(holder.flatten())
    }

    /// The accounts of the person behind an account, itself among them, each once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_of_person(&mut self, account: &str) -> Result<Vec<String>, StoreError> {
        let mut accounts = vec![account.to_owned()];
        if let Some(person) = self.person_behind(account).await? {
            let tokens: Vec<String> =
                sqlx::query_scalar("SELECT id FROM tokens WHERE holder = $1 ORDER BY id")
                    .bind(&person)
                    .fetch_all(&mut *self.inner)
                    .await?;
            accounts.extend(tokens.into_iter().map(|id| format!("token:{id}")));
            accounts.extend(Some(person).filter(|person| person.starts_with("user:")));
        }
        accounts.sort();
        accounts.dedup();
        Ok(accounts)
    }
}
