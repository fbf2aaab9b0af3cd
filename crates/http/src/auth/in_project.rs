//! Resources found inside the caller's account, before the handler runs.

use std::future::Future;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use robofy_kernel::{
    AssetId, BookingId, ChatbotId, ErrorCode, HoldId, LeadId, Op, ProjectId, QaId, ResourceId, ServiceId,
};
use robofy_store::agents::Agent;
use robofy_store::assets::Asset;
use robofy_store::booking::{Booking, Hold, StoredResource, StoredService};
use robofy_store::leads::Lead;
use robofy_store::pairs::Pair;
use robofy_store::projects::Project;

use super::{Auth, Permission};
use crate::{ApiError, App};

/// An allowed operation on a resource of the caller's account. Somebody else's resource is the same 404 as none.
#[derive(Debug)]
pub struct InProject<P, R> {
    /// The operation's context.
    pub op: Op,
    /// The resource that the path names.
    pub resource: R,
    permission: PhantomData<fn() -> P>,
}

/// What a path can name.
pub trait Resource: Sized + Send {
    /// Finds it in the caller's account.
    fn find(op: &Op, app: &App, named: &Named) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

/// The ids in a path, as text.
#[derive(Debug, Default)]
pub struct Named {
    project: String,
    chatbot: String,
    asset: String,
    pair: String,
    service: String,
    resource: String,
    hold: String,
    booking: String,
    lead: String,
}

impl<P: Permission, R: Resource> FromRequestParts<App> for InProject<P, R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let op = Auth::<P>::from_request_parts(parts, app).await?.op;
        let raw = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| ApiError::field("path", "invalid", "is not UTF-8"))?;
        let mut named = Named::default();
        for (name, value) in &raw {
            match name {
                "projectId" | "projectid" | "id" => value.clone_into(&mut named.project),
                "chatbotId" => value.clone_into(&mut named.chatbot),
                "assetId" => value.clone_into(&mut named.asset),
                "qaId" => value.clone_into(&mut named.pair),
                "serviceId" => value.clone_into(&mut named.service),
                "resourceId" => value.clone_into(&mut named.resource),
                "holdId" => value.clone_into(&mut named.hold),
                "bookingId" => value.clone_into(&mut named.booking),
                "leadId" => value.clone_into(&mut named.lead),
                _ => {}
            }
        }
        let resource = R::find(&op, app, &named).await?;
        Ok(Self { op, resource, permission: PhantomData })
    }
}

impl Resource for Project {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        find_project(op, app, &named.project).await
    }
}

impl Resource for Agent {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?;
        find_agent(op, app, project.project_id, &named.chatbot).await
    }
}

/// An agent of the account, where the path does not name its project.
#[derive(Debug)]
pub struct OfAccount(pub Agent);

impl Resource for OfAccount {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let missing = || ApiError::not_found(ErrorCode::ChatbotNotFound);
        let id: ChatbotId = named.chatbot.parse().map_err(|_| missing())?;
        app.store().find_agent(op.account, &id).await?.map(Self).ok_or_else(missing)
    }
}

impl Resource for Asset {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?;
        let missing = || ApiError::not_found(ErrorCode::AssetNotFound);
        let id: AssetId = named.asset.parse().map_err(|_| missing())?;
        app.store().find_asset(op.account, project.project_id, id).await?.ok_or_else(missing)
    }
}

/// A stored pair with its agent.
impl Resource for (Agent, Pair) {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let agent = Agent::find(op, app, named).await?;
        let missing = || ApiError::not_found(ErrorCode::QaNotFound);
        let id: QaId = named.pair.parse().map_err(|_| missing())?;
        let pair = app.store().find_pair(op.account, &agent.chatbot_id, id).await?.ok_or_else(missing)?;
        Ok((agent, pair))
    }
}

/// A service that was not removed.
impl Resource for StoredService {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?.project_id;
        let missing = || ApiError::not_found(ErrorCode::ServiceNotFound);
        let id: ServiceId = named.service.parse().map_err(|_| missing())?;
        let found = app.store().find_service(op.account, id).await?;
        found.filter(|service| service.project_id == project && !service.removed).ok_or_else(missing)
    }
}

/// A resource that was not removed.
impl Resource for StoredResource {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?.project_id;
        let missing = || ApiError::not_found(ErrorCode::ResourceNotFound);
        let id: ResourceId = named.resource.parse().map_err(|_| missing())?;
        let found = app.store().find_resource(op.account, id).await?;
        found.filter(|resource| resource.project_id == project && !resource.removed).ok_or_else(missing)
    }
}

/// A hold of the caller's environment.
impl Resource for Hold {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?.project_id;
        let missing = || ApiError::not_found(ErrorCode::HoldNotFound);
        let id: HoldId = named.hold.parse().map_err(|_| missing())?;
        let found = app.store().find_hold(op.account, id).await?;
        let hold = found.filter(|hold| hold.project_id == project).ok_or_else(missing)?;
        if hold.environment == op.environment { Ok(hold) } else { Err(ApiError::other_environment()) }
    }
}

/// A booking of the caller's environment.
impl Resource for Booking {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let project = find_project(op, app, &named.project).await?.project_id;
        let missing = || ApiError::not_found(ErrorCode::BookingNotFound);
        let id: BookingId = named.booking.parse().map_err(|_| missing())?;
        let found = app.store().find_booking(op.account, id).await?;
        let booking = found.filter(|booking| booking.project_id == project).ok_or_else(missing)?;
        if booking.environment == op.environment { Ok(booking) } else { Err(ApiError::other_environment()) }
    }
}

/// A lead of the caller's environment with its agent.
impl Resource for (Agent, Lead) {
    async fn find(op: &Op, app: &App, named: &Named) -> Result<Self, ApiError> {
        let agent = Agent::find(op, app, named).await?;
        let missing = || ApiError::not_found(ErrorCode::LeadNotFound);
        let id: LeadId = named.lead.parse().map_err(|_| missing())?;
        let lead = app.store().find_lead(op.account, &agent.chatbot_id, id).await?.ok_or_else(missing)?;
        if lead.environment != op.environment {
            return Err(ApiError::other_environment());
        }
        Ok((agent, lead))
    }
}

/// The project of this id in the caller's account, for ids that come in a body.
///
/// # Errors
/// 404 `PROJECT_NOT_FOUND`.
pub async fn find_project(op: &Op, app: &App, id: &str) -> Result<Project, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::ProjectNotFound);
    let id: ProjectId = id.parse().map_err(|_| missing())?;
    app.store().find_project(op.account, id).await?.ok_or_else(missing)
}

/// The agent of this id in a project of the caller's account, for ids that come in a body.
///
/// # Errors
/// 404 `CHATBOT_NOT_FOUND`.
pub async fn find_agent(op: &Op, app: &App, project: ProjectId, id: &str) -> Result<Agent, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::ChatbotNotFound);
    let id: ChatbotId = id.parse().map_err(|_| missing())?;
    let agent = app.store().find_agent(op.account, &id).await?;
    agent.filter(|agent| agent.project_id == project).ok_or_else(missing)
}
