//! Resources: people, rooms and things.

use std::collections::HashMap;

use robofy_booking::Resource;
use robofy_kernel::{AccountId, Op, Page, PageRequest, ProjectId, ResourceId, ServiceId, Timestamp};
use sqlx::types::Json;

use super::StoredService;
use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    INSERT = "INSERT INTO booking_resources (account_id, resource_id, project_id, settings, removed, created_at, updated_at)
              VALUES ($1, $2, $3, $4, FALSE, $5, $6)";
    FIND = "SELECT resource_id, project_id, settings, removed, created_at, updated_at FROM booking_resources WHERE account_id = $1 AND resource_id = $2";
    LIST = "SELECT resource_id, project_id, settings, removed, created_at, updated_at FROM booking_resources
             WHERE account_id = $1 AND project_id = $2 AND NOT removed AND (created_at, resource_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY created_at, resource_id LIMIT $5";
    OF_SERVICE = "SELECT r.resource_id, r.project_id, r.settings, r.removed, r.created_at, r.updated_at
                    FROM booking_service_resources l
                    JOIN booking_resources r ON r.account_id = l.account_id AND r.resource_id = l.resource_id
                   WHERE l.account_id = $1 AND l.service_id = $2 AND NOT r.removed ORDER BY r.resource_id";
    // Of the services of a page: from its first to its last.
    OF_PAGE = "SELECT l.service_id, r.resource_id, r.project_id, r.settings, r.removed, r.created_at, r.updated_at
                 FROM (SELECT s.account_id, s.service_id FROM booking_services s
                        WHERE s.account_id = $1 AND s.project_id = $2
                          AND (s.created_at, s.service_id) >= ($3, $4) AND (s.created_at, s.service_id) <= ($5, $6)
                        ORDER BY s.created_at, s.service_id) s
                 CROSS JOIN booking_service_resources l
                 JOIN booking_resources r ON r.account_id = l.account_id AND r.resource_id = l.resource_id
                WHERE l.account_id = s.account_id AND l.service_id = s.service_id AND NOT r.removed
                ORDER BY l.service_id, r.resource_id";
    LOCK = "UPDATE booking_resources SET updated_at = updated_at WHERE account_id = $1 AND project_id = $2 AND resource_id = $3 AND NOT removed
            RETURNING resource_id, project_id, settings, removed, created_at, updated_at";
    UPDATE = "UPDATE booking_resources SET settings = $3, updated_at = $4 WHERE account_id = $1 AND resource_id = $2";
    // After the lock was taken, so that a service that has come to name it is seen.
    REMOVE = "UPDATE booking_resources SET removed = TRUE, updated_at = $3
               WHERE account_id = $1 AND resource_id = $2
                 AND NOT EXISTS (SELECT 1 FROM booking_service_resources l WHERE l.account_id = $1 AND l.resource_id = $2)";
}

/// A resource as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredResource {
    /// Its id.
    pub resource_id: ResourceId,
    /// The project.
    pub project_id: ProjectId,
    /// What the operator set.
    pub settings: Json<Resource>,
    /// Whether it was removed; it is kept for the bookings of it.
    pub removed: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct OfService {
    service_id: ServiceId,
    #[sqlx(flatten)]
    resource: StoredResource,
}

impl Store {
    /// Makes a resource.
    ///
    /// # Errors
    /// When the project is gone or the database is away.
    pub async fn create_resource(
        &self,
        op: &Op,
        resource: StoredResource,
        answer: impl FnOnce(&StoredResource) -> Answer + Send + 'static,
    ) -> Result<Once<StoredResource>> {
        let account = op.account;
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let new = &resource;
                execute!(
                    tx.conn(),
                    INSERT,
                    account,
                    new.resource_id,
                    new.project_id,
                    &new.settings,
                    new.created_at,
                    new.updated_at
                )?;
                Ok(resource)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// The resource of this id, one that was removed too.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_resource(
        &self,
        account: AccountId,
        resource: ResourceId,
    ) -> Result<Option<StoredResource>> {
        fetch_optional!(self.reader(), StoredResource, FIND, account, resource)
    }

    /// A project's resources, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_resources(
        &self,
        account: AccountId,
        project: ProjectId,
        page: &PageRequest<(i64, ResourceId)>,
    ) -> Result<Page<StoredResource, (i64, ResourceId)>> {
        let (time, id) = page.after.unzip();
        let rows =
            fetch_all!(self.reader(), StoredResource, LIST, account, project, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |resource| (resource.created_at.micros(), resource.resource_id)))
    }

    /// The resources that a service names.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn resources_of_service(
        &self,
        account: AccountId,
        service: ServiceId,
    ) -> Result<Vec<StoredResource>> {
        fetch_all!(self.reader(), StoredResource, OF_SERVICE, account, service)
    }

    /// The same of each service of a page of services, which is in the order of [`Store::list_services`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn resources_of_services(
        &self,
        account: AccountId,
        page: &[StoredService],
    ) -> Result<HashMap<ServiceId, Vec<StoredResource>>> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(HashMap::new()) };
        let rows = fetch_all!(
            self.reader(),
            OfService,
            OF_PAGE,
            account,
            first.project_id,
            first.created_at,
            first.service_id,
            last.created_at,
            last.service_id
        )?;
        let mut resources = HashMap::<ServiceId, Vec<StoredResource>>::new();
        for row in rows {
            resources.entry(row.service_id).or_default().push(row.resource);
        }
        Ok(resources)
    }

    /// Changes a resource under its lock: `change` gives what it is to be. `None` when it is not there; what `change`
    /// refuses comes back, and nothing is changed.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_resource<E: Send + 'static>(
        &self,
        op: &Op,
        project: ProjectId,
        resource: ResourceId,
        change: impl FnOnce(&Resource) -> Result<Resource, E> + Send + 'static,
    ) -> Result<Option<Result<StoredResource, E>>> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let locked = fetch_optional!(tx.conn(), StoredResource, LOCK, account, project, resource)?;
                let Some(mut stored) = locked else { return Ok(None) };
                stored.settings = match change(&stored.settings) {
                    Ok(changed) => Json(changed),
                    Err(refused) => return Ok(Some(Err(refused))),
                };
                stored.updated_at = now;
                execute!(tx.conn(), UPDATE, account, resource, &stored.settings, now)?;
                Ok(Some(Ok(stored)))
            })
        })
        .await
    }

    /// Removes a resource; its bookings stay. Says whether there was one.
    ///
    /// # Errors
    /// [`Conflict`](StoreError::Conflict) while a service names it; when the database is away.
    pub async fn delete_resource(&self, op: &Op, project: ProjectId, resource: ResourceId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let locked = fetch_optional!(tx.conn(), StoredResource, LOCK, account, project, resource)?;
                if locked.is_none() {
                    return Ok(false);
                }
                if execute!(tx.conn(), REMOVE, account, resource, now)? == 0 {
                    return Err(StoreError::Conflict("a service names the resource".into()));
                }
                Ok(true)
            })
        })
        .await
    }
}

/// Takes the locks of a project's resources, in the order of their ids: none of them is removed meanwhile.
pub(super) async fn lock(
    tx: &mut Tx<'_>,
    account: AccountId,
    project: ProjectId,
    mut resources: Vec<ResourceId>,
) -> Result<()> {
    resources.sort_unstable();
    for resource in resources {
        if execute!(tx.conn(), LOCK, account, project, resource)? == 0 {
            return Err(StoreError::NotFound("resource"));
        }
    }
    Ok(())
}
