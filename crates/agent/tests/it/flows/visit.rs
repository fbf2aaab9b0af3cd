//! A salon with an agent, and a visitor who talks to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use robofy_agent::answerer::Answerer;
use robofy_agent::builtin::BuiltIn;
use robofy_agent::events::TurnEvent;
use robofy_agent::fluent::Fluent;
use robofy_agent::fold::{End, WholeAnswer};
use robofy_agent::{Action, ActionKind, Ask, Quota};
use robofy_booking::{Block, BookingStatus, Resource, ResourceSettings, Service, ServiceSettings};
use robofy_kernel::{BookingId, ResourceId, ServiceId, SessionId, SessionKey, Timestamp};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig, Source, TextSource};
use robofy_leads::{LeadForm, LeadFormSettings};
use robofy_model::{Endpoint, Models, ModelsConfig};
use robofy_net::Gate;
use robofy_store::agents::{AgentSettings, LlmKeyChange};
use robofy_store::booking::{
    Actor, Booking, NewBooking, Source as BookingSource, Spot, StoredResource, StoredService,
};
use robofy_store::chat::{Channel, Part, Turn, VisitorContext, Whose};
use robofy_testkit::provider::{Script, ScriptedProvider, Then};
use serde_json::Value;

use crate::fixture::World;

const SALON: &str = "# Salon\n\nThe salon is in Mill Lane 4. We open at nine and close at six.\n\n\
    ## Prices\n\nA haircut costs 40 euros. Colouring costs 90 euros.\n";

/// The salon, open from Monday to Friday, nine to five, in Berlin.
pub struct Salon {
    pub world: World,
    pub provider: ScriptedProvider,
    pub services: Vec<ServiceId>,
    pub resources: Vec<ResourceId>,
}

/// What an answer was.
pub struct Said {
    pub text: String,
    pub parts: Vec<Part>,
    pub turn: Turn,
}

impl Said {
    /// The last part of a type.
    pub fn part(&self, kind: &str) -> &Value {
        let found = self.parts.iter().rev().find(|part| part.kind.as_str() == kind);
        &found.unwrap_or_else(|| panic!("no {kind} in {:?}: {}", self.parts, self.text)).data
    }

    /// A click on what is offered here.
    pub fn action(&self, kind: ActionKind, value: Option<&str>) -> Action {
        let offered = self.parts.iter().rev().find(|part| part.data.get("flow_id").is_some()).unwrap();
        Action {
            kind,
            flow_id: offered.data["flow_id"].as_str().unwrap().to_owned(),
            step: u32::try_from(offered.data["step"].as_u64().unwrap()).unwrap(),
            value: value.map(str::to_owned),
        }
    }

    #[track_caller]
    pub fn has(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.text.contains(word), "no {word:?} in {:?}", self.text);
        }
        self
    }

    #[track_caller]
    pub fn lacks(self, words: &[&str]) -> Self {
        for word in words {
            assert!(!self.text.contains(word), "{word:?} in {:?}", self.text);
        }
        self
    }
}

/// A service of half an hour, and what a test changes of it.
pub fn haircut() -> ServiceSettings {
    ServiceSettings { name: "Haircut".into(), duration_minutes: Some(30), ..ServiceSettings::default() }
}

impl Salon {
    /// With the built-in answerer.
    pub async fn built_in(form: Option<LeadFormSettings>, services: Vec<ServiceSettings>) -> Self {
        Self::new(form, services, false).await
    }

    /// With a model that says what it is told.
    pub async fn fluent(form: Option<LeadFormSettings>, services: Vec<ServiceSettings>) -> Self {
        Self::new(form, services, true).await
    }

    async fn new(form: Option<LeadFormSettings>, services: Vec<ServiceSettings>, fluent: bool) -> Self {
        let provider = ScriptedProvider::start().await;
        let kept: Mutex<Option<Library>> = Mutex::default();
        let address = provider.base_url().parse().unwrap();
        let world = World::made(AgentSettings::default(), |store, tasks, clock, ids| {
            let extractor = Extractor::new(ExtractorConfig::new("no-such-program".into(), Vec::new()));
            let library =
                Library::new(store.clone(), extractor, tasks.clone(), LibraryConfig::default()).unwrap();
            *kept.lock().unwrap() = Some(library.clone());
            let config = ModelsConfig { first_token: Duration::from_secs(5), ..ModelsConfig::default() };
            let (operator, public) = (Gate::operator().unwrap(), Gate::public(&[]).unwrap());
            let models = Models::new(operator, public, config, clock.clone(), ids.clone());
            let server = fluent.then(|| Endpoint::server(address, "usual", None));
            let answerer: Arc<dyn Answerer> = Arc::new(Fluent::new(BuiltIn::new(library), models, server));
            answerer
        })
        .await;
        let library = kept.into_inner().unwrap().unwrap();
        let agent = world.store.find_agent(world.op.account, &world.chatbot).await.unwrap().unwrap();
        let source =
            TextSource { content: SALON.into(), file_name: "salon.md".into(), ..TextSource::default() };
        let taught = library
            .teach(&world.op, world.project, Some(&agent), Source::Text(source), |_| (200, Vec::new()));
        taught.await.unwrap();
        let mut salon = Self { world, provider, services: Vec::new(), resources: Vec::new() };
        if let Some(form) = form {
            salon.set_form(form).await;
        }
        if !services.is_empty() {
            salon.open(services).await;
        }
        salon
    }

    pub async fn set_form(&self, form: LeadFormSettings) {
        let w = &self.world;
        let form = LeadForm::try_from(form).unwrap();
        let changed = w
            .store
            .update_agent(&w.op, w.project, &w.chatbot, LlmKeyChange::Keep, move |agent| {
                agent.lead_form = form.into();
            })
            .await;
        assert!(changed.unwrap().is_some());
    }

    pub async fn form(&self) -> LeadFormSettings {
        let w = &self.world;
        let agent = w.store.find_agent(w.op.account, &w.chatbot).await.unwrap().unwrap();
        agent.lead_form.0.into()
    }

    /// Two chairs, Maria's and Tom's; every service takes either.
    async fn open(&mut self, services: Vec<ServiceSettings>) {
        let w = &self.world;
        let hours = serde_json::json!({
            "mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]],
            "thu": [["09:00", "17:00"]], "fri": [["09:00", "17:00"]],
        });
        for name in ["Maria", "Tom"] {
            let settings = ResourceSettings {
                name: name.into(),
                timezone: "Europe/Berlin".into(),
                hours: serde_json::from_value(hours.clone()).unwrap(),
                ..ResourceSettings::default()
            };
            let resource = StoredResource {
                resource_id: ResourceId(w.op.uuid()),
                project_id: w.project,
                settings: Resource::try_from(settings).unwrap().into(),
                removed: false,
                created_at: w.op.now(),
                updated_at: w.op.now(),
            };
            self.resources.push(resource.resource_id);
            w.store.create_resource(&w.op, resource, |_| (201, Vec::new())).await.unwrap();
        }
        for (at, settings) in services.into_iter().enumerate() {
            let now = w.op.now().after(Duration::from_secs(at as u64));
            let settings = ServiceSettings { resource_ids: self.resources.clone(), ..settings };
            let service = StoredService {
                service_id: ServiceId(w.op.uuid()),
                project_id: w.project,
                settings: Service::try_from(settings).unwrap().into(),
                removed: false,
                created_at: now,
                updated_at: now,
            };
            self.services.push(service.service_id);
            w.store.create_service(&w.op, service, |_| (201, Vec::new())).await.unwrap();
        }
    }

    /// What the model says next.
    pub fn model_says(&self, text: &str) {
        let pieces = text.split_inclusive(' ').map(str::to_owned).collect();
        self.provider.script(Script { pieces, then: Then::End, ..Script::default() });
    }

    /// A visitor in Berlin who has a session of their own.
    pub fn visitor(&self) -> Visit<'_> {
        Visit {
            salon: self,
            session: self.world.op.ids.web_session(),
            channel: Channel::Web,
            context: VisitorContext {
                timezone: Some("Europe/Berlin".into()),
                locale: Some("en-GB".into()),
                country: Some("DE".into()),
                ..VisitorContext::default()
            },
            quota: None,
        }
    }

    pub fn advance(&self, minutes: u64) {
        self.world.op.clock.advance(Duration::from_secs(60 * minutes));
    }
}

/// A visitor's conversation.
pub struct Visit<'s> {
    pub salon: &'s Salon,
    pub session: SessionId,
    pub channel: Channel,
    pub context: VisitorContext,
    pub quota: Option<Quota>,
}

impl Visit<'_> {
    /// Says something and hears the answer.
    pub async fn say(&self, query: &str) -> Said {
        self.send(query, None).await
    }

    /// Clicks on what `said` offered.
    pub async fn click(&self, said: &Said, kind: ActionKind, value: Option<&str>) -> Said {
        self.send("", Some(said.action(kind, value))).await
    }

    /// The click that begins a flow.
    pub async fn start(&self, flow: &str) -> Said {
        let action = Action { kind: ActionKind::Choose, flow_id: flow.to_owned(), step: 0, value: None };
        self.send("", Some(action)).await
    }

    pub async fn send(&self, query: &str, action: Option<Action>) -> Said {
        let w = &self.salon.world;
        let ask = Ask {
            channel: self.channel,
            visitor: self.context.clone(),
            action,
            quota: self.quota.clone(),
            ..w.ask(Some(&self.session), query)
        };
        let handle = w.turns.ask(&w.op, ask).await.unwrap();
        let live: Vec<TurnEvent> = handle.log.read_from(0).map(|event| (*event).clone()).collect().await;
        let whole = WholeAnswer::read(handle.log.read_from(0)).await;
        assert_eq!(whole.end, End::Finished, "{query}: {}", whole.text);
        let turn = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
        assert_eq!(
            (&turn.answer, &turn.parts.0),
            (&whole.text, &whole.parts),
            "what is stored is what was said"
        );
        // A stored turn replays as the events that it was.
        let again = w.turns.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        let replayed: Vec<TurnEvent> = again.log.read_from(0).map(|event| (*event).clone()).collect().await;
        assert_eq!(replayed, live, "{query}");
        Said { text: whole.text, parts: whole.parts, turn }
    }

    pub async fn key(&self) -> SessionKey {
        let w = &self.salon.world;
        let found = w.store.find_session(&w.op, &w.chatbot, self.channel, &self.session).await.unwrap();
        found.unwrap().session_key
    }

    /// The visitor's bookings, by their start.
    pub async fn bookings(&self) -> Vec<Booking> {
        let w = &self.salon.world;
        w.store.bookings_of_session(&w.op, w.project, self.key().await, None).await.unwrap()
    }

    pub async fn booking(&self, id: BookingId) -> Booking {
        let w = &self.salon.world;
        w.store.find_booking(w.op.account, id).await.unwrap().unwrap()
    }

    /// Books the first service with the first resource by a call of the visitor's own.
    pub async fn books_by_call(&self, wall: &str) {
        let (salon, w) = (self.salon, &self.salon.world);
        let service = w.store.find_service(w.op.account, salon.services[0]).await.unwrap().unwrap();
        let (timing, start) = (*service.settings.timing(), berlin(wall));
        let new = NewBooking {
            booking_id: BookingId(w.op.uuid()),
            project_id: w.project,
            source: BookingSource::Spots(vec![Spot {
                block: Block::new(salon.services[0], &timing, salon.resources[0], start, 1),
                capacity: 1,
                zone: robofy_booking::Zone::named("Europe/Berlin").unwrap(),
            }]),
            status: BookingStatus::Confirmed,
            zone: None,
            chatbot_id: Some(w.chatbot.clone()),
            session: Some(Whose::Known(self.key().await)),
            lead_id: None,
            name: None,
            email: None,
            phone: None,
            answers: serde_json::Map::new(),
            most_upcoming: None,
            by: Actor::Visitor,
        };
        w.store.book(&w.op, new, |_| (201, Vec::new())).await.unwrap();
    }

    /// What is known of the session's lead: `(field, value, raw)`.
    pub async fn lead(&self) -> Option<Vec<(String, String, String)>> {
        let w = &self.salon.world;
        let lead = w.store.lead_of_session(w.op.account, self.key().await).await.unwrap()?;
        Some(lead.values.into_iter().map(|value| (value.field, value.value, value.raw)).collect())
    }
}

/// A moment in Berlin, as the salon's clocks show it.
pub fn berlin(wall: &str) -> Timestamp {
    robofy_booking::Zone::named("Europe/Berlin").unwrap().moment(wall.parse().unwrap())
}
