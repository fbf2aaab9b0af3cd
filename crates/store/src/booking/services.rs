//! Services: what can be booked.

use robofy_booking::Service;
use robofy_kernel::{
    AccountId, ChatbotId, Op, Page, PageRequest, ProjectId, ResourceId, ServiceId, Timestamp,
};
use sqlx::types::Json;

use super::resources;
use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, Tx};

statements! {
    INSERT = "INSERT INTO booking_services (account_id, service_id, project_id, settings, enabled, removed, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, FALSE, $6, $7)";
    LINK = "INSERT INTO booking_service_resources (account_id, service_id, resource_id) VALUES ($1, $2, $3)";
    UNLINK = "DELETE FROM booking_service_resources WHERE account_id = $1 AND service_id = $2";
    FIND = "SELECT service_id, project_id, settings, removed, created_at, updated_at FROM booking_services WHERE account_id = $1 AND service_id = $2";
    LIST = "SELECT service_id, project_id, settings, removed, created_at, updated_at FROM booking_services
             WHERE account_id = $1 AND project_id = $2 AND NOT removed AND (created_at, service_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY created_at, service_id LIMIT $5";
    LIST_ENABLED = "SELECT service_id, project_id, settings, removed, created_at, updated_at FROM booking_services
                     WHERE account_id = $1 AND project_id = $2 AND enabled AND NOT removed
                       AND (created_at, service_id) > (COALESCE($3, -9223372036854775807), $4)
                     ORDER BY created_at, service_id LIMIT $5";
    LOCK = "UPDATE booking_services SET updated_at = updated_at WHERE account_id = $1 AND project_id = $2 AND service_id = $3 AND NOT removed
            RETURNING service_id, project_id, settings, removed, created_at, updated_at";
    UPDATE = "UPDATE booking_services SET settings = $3, enabled = $4, updated_at = $5 WHERE account_id = $1 AND service_id = $2";
    REMOVE = "UPDATE booking_services SET removed = TRUE, enabled = FALSE, updated_at = $4
               WHERE account_id = $1 AND project_id = $2 AND service_id = $3 AND NOT removed";
}

/// So many services are read at once.
const STEP: i64 = 200;
/// No more of them are known to an agent's turns and to its card.
pub const OFFERED: i64 = 1_000;

/// A service as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredService {
    /// Its id.
    pub service_id: ServiceId,
    /// The project.
    pub project_id: ProjectId,
    /// What the operator set.
    pub settings: Json<Service>,
    /// Whether it was removed; it is kept for the bookings of it.
    pub removed: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl StoredService {
    /// Whether an agent offers it to visitors.
    #[must_use]
    pub fn is_offered_by(&self, chatbot: &ChatbotId) -> bool {
        let settings = self.settings.settings();
        let named = settings.chatbot_ids.is_empty() || settings.chatbot_ids.contains(chatbot);
        settings.enabled && !self.removed && named
    }
}

impl Store {
    /// Makes a service.
    ///
    /// # Errors
    /// [`NotFound`](crate::StoreError::NotFound) when a resource is not the project's; when the database is away.
    pub async fn create_service(
        &self,
        op: &Op,
        service: StoredService,
        answer: impl FnOnce(&StoredService) -> Answer + Send + 'static,
    ) -> Result<Once<StoredService>> {
        let account = op.account;
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let new = &service;
                let enabled = new.settings.settings().enabled;
                resources::lock(&mut tx, account, new.project_id, resource_ids(new)).await?;
                execute!(
                    tx.conn(),
                    INSERT,
                    account,
                    new.service_id,
                    new.project_id,
                    &new.settings,
                    enabled,
                    new.created_at,
                    new.updated_at
                )?;
                link(&mut tx, account, new).await?;
                Ok(service)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// The service of this id, one that was removed too.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_service(
        &self,
        account: AccountId,
        service: ServiceId,
    ) -> Result<Option<StoredService>> {
        fetch_optional!(self.reader(), StoredService, FIND, account, service)
    }

    /// A project's services, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_services(
        &self,
        account: AccountId,
        project: ProjectId,
        page: &PageRequest<(i64, ServiceId)>,
    ) -> Result<Page<StoredService, (i64, ServiceId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), StoredService, LIST, account, project, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |service| (service.created_at.micros(), service.service_id)))
    }

    /// A page of the services that an agent offers to visitors, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_offered_services(
        &self,
        account: AccountId,
        project: ProjectId,
        chatbot: &ChatbotId,
        page: &PageRequest<(i64, ServiceId)>,
    ) -> Result<Page<StoredService, (i64, ServiceId)>> {
        let key = |service: &StoredService| (service.created_at.micros(), service.service_id);
        let (wanted, mut after) = (page.size + 1, page.after);
        // Those of other agents are read, too: in steps, however small the page is.
        let step = wanted.max(STEP);
        let mut offered = Vec::new();
        loop {
            let (time, id) = after.unzip();
            let all =
                fetch_all!(self.reader(), StoredService, LIST_ENABLED, account, project, time, id, step)?;
            let is_last = i64::try_from(all.len()).is_ok_and(|read| read < step);
            after = all.last().map(key);
            offered.extend(all.into_iter().filter(|service| service.is_offered_by(chatbot)));
            if is_last || i64::try_from(offered.len()).is_ok_and(|found| found >= wanted) {
                return Ok(Page::of(offered, page.size, key));
            }
        }
    }

    /// The services that an agent offers to visitors, the oldest first, at most [`OFFERED`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn services_of_agent(
        &self,
        account: AccountId,
        project: ProjectId,
        chatbot: &ChatbotId,
    ) -> Result<Vec<StoredService>> {
        let most = PageRequest { after: None, size: OFFERED };
        Ok(self.list_offered_services(account, project, chatbot, &most).await?.items)
    }

    /// Changes a service under its lock: `change` gives what it is to be. `None` when it is not there; what `change`
    /// refuses comes back, and nothing is changed.
    ///
    /// # Errors
    /// [`NotFound`](crate::StoreError::NotFound) when a resource is not the project's; when the database is away.
    pub async fn update_service<E: Send + 'static>(
        &self,
        op: &Op,
        project: ProjectId,
        service: ServiceId,
        change: impl FnOnce(&Service) -> Result<Service, E> + Send + 'static,
    ) -> Result<Option<Result<StoredService, E>>> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let locked = fetch_optional!(tx.conn(), StoredService, LOCK, account, project, service)?;
                let Some(mut stored) = locked else { return Ok(None) };
                stored.settings = match change(&stored.settings) {
                    Ok(changed) => Json(changed),
                    Err(refused) => return Ok(Some(Err(refused))),
                };
                stored.updated_at = now;
                let enabled = stored.settings.settings().enabled;
                resources::lock(&mut tx, account, project, resource_ids(&stored)).await?;
                execute!(tx.conn(), UPDATE, account, service, &stored.settings, enabled, now)?;
                execute!(tx.conn(), UNLINK, account, service)?;
                link(&mut tx, account, &stored).await?;
                Ok(Some(Ok(stored)))
            })
        })
        .await
    }

    /// Removes a service; its bookings stay. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_service(&self, op: &Op, project: ProjectId, service: ServiceId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let removed = execute!(tx.conn(), REMOVE, account, project, service, now)? > 0;
                if removed {
                    execute!(tx.conn(), UNLINK, account, service)?;
                }
                Ok(removed)
            })
        })
        .await
    }
}

fn resource_ids(service: &StoredService) -> Vec<ResourceId> {
    service.settings.settings().resource_ids.clone()
}

async fn link(tx: &mut Tx<'_>, account: AccountId, service: &StoredService) -> Result<()> {
    for resource in &service.settings.settings().resource_ids {
        execute!(tx.conn(), LINK, account, service.service_id, resource)?;
    }
    Ok(())
}
