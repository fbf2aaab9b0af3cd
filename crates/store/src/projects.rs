//! Projects: what agents and assets belong to.

use robofy_kernel::{AccountId, Op, Page, PageRequest, ProjectId, Timestamp};

use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store};

statements! {
    INSERT = "INSERT INTO projects (account_id, project_id, name, description, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)";
    INSERT_DIRECTORY = "INSERT INTO project_directory (project_id, account_id) VALUES ($1, $2)";
    FIND = "SELECT project_id, name, description, created_at, updated_at FROM projects WHERE account_id = $1 AND project_id = $2";
    LIST = "SELECT project_id, name, description, created_at, updated_at FROM projects
             WHERE account_id = $1 AND (created_at, project_id) > (COALESCE($2, -9223372036854775807), $3)
             ORDER BY created_at, project_id LIMIT $4";
    UPDATE = "UPDATE projects SET name = COALESCE($3, name), description = CASE WHEN $4 THEN $5 ELSE description END, updated_at = $6
               WHERE account_id = $1 AND project_id = $2
               RETURNING project_id, name, description, created_at, updated_at";
}

/// A project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Project {
    /// Its id.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to be changed; `None` = stays.
#[derive(Clone, Debug, Default)]
pub struct ProjectChange {
    /// The name.
    pub name: Option<String>,
    /// The description; `Some(None)` clears it.
    pub description: Option<Option<String>>,
}

impl Store {
    /// Makes a project.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn create_project(
        &self,
        op: &Op,
        project: Project,
        answer: impl FnOnce(&Project) -> Answer + Send + 'static,
    ) -> Result<Once<Project>> {
        let account = op.account;
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let new = &project;
                execute!(
                    tx.conn(),
                    INSERT,
                    account,
                    new.project_id,
                    &new.name,
                    &new.description,
                    new.created_at
                )?;
                execute!(tx.conn(), INSERT_DIRECTORY, new.project_id, account)?;
                Ok(project)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// The project, when it is this account's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_project(&self, account: AccountId, project: ProjectId) -> Result<Option<Project>> {
        fetch_optional!(self.reader(), Project, FIND, account, project)
    }

    /// The account's projects, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_projects(
        &self,
        account: AccountId,
        page: &PageRequest<(i64, ProjectId)>,
    ) -> Result<Page<Project, (i64, ProjectId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), Project, LIST, account, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |p| (p.created_at.micros(), p.project_id)))
    }

    /// Changes a project; `None` when it is not this account's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_project(
        &self,
        op: &Op,
        project: ProjectId,
        change: ProjectChange,
    ) -> Result<Option<Project>> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let (set, description) = (change.description.is_some(), change.description.flatten());
                fetch_optional!(
                    tx.conn(),
                    Project,
                    UPDATE,
                    account,
                    project,
                    change.name,
                    set,
                    description,
                    now
                )
            })
        })
        .await
    }
}
