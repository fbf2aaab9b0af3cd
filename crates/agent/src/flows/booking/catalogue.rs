//! What can be booked here, and what the visitor has booked.

use robofy_booking::{BookingStatus, Confirmation, Refusal, Resource, ServiceSettings, Slot, Timing};
use robofy_booking::{Window, Zone};
use robofy_kernel::{Op, ResourceId, ServiceId, SessionKey, Timestamp};
use robofy_store::Store;
use robofy_store::booking::{Besides, Booking, Spot, StoredService};

use super::{BookingFlow, Chosen, Purpose, SHOWN};
use crate::answerer::AnswerError;
use crate::calendar::{Calendar, End, Seeker, Wish};
use crate::flows::hear::{Scene, shared_words};

/// A service that the agent offers, with its resources.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    calendar: Calendar,
    /// Those who are switched off for now.
    absent: Vec<String>,
}

impl Offer {
    pub fn id(&self) -> ServiceId {
        self.calendar.service().service_id
    }

    pub fn settings(&self) -> &ServiceSettings {
        self.calendar.service().settings.settings()
    }

    pub fn timing(&self) -> &Timing {
        self.calendar.service().settings.timing()
    }

    pub fn resources(&self) -> &[(ResourceId, Resource)] {
        self.calendar.resources()
    }

    /// The name of one who is switched off for now, where the text names one.
    pub fn absent(&self, text: &str) -> Option<&str> {
        self.absent.iter().map(String::as_str).find(|name| shared_words(text, name) > 0)
    }

    /// The service in a list: its name, how long it takes, and what it costs.
    pub fn line(&self) -> String {
        let settings = self.settings();
        let minutes = settings.duration_minutes.unwrap_or_default();
        match &settings.price_text {
            Some(price) => format!("{} ({minutes} min, {price})", settings.name),
            None => format!("{} ({minutes} min)", settings.name),
        }
    }

    /// The service with the number of seats where that is not one: "Yoga × 3".
    pub fn times(&self, seats: u32) -> String {
        let name = &self.settings().name;
        if seats > 1 { format!("{name} × {seats}") } else { name.clone() }
    }

    /// A resource's name.
    pub fn resource_name(&self, id: ResourceId) -> &str {
        self.calendar.resource(id).map_or("", |resource| resource.settings().name.as_str())
    }

    /// Whether its own clocks show another time than those of a zone.
    pub fn is_elsewhere(&self, zone: &Zone) -> bool {
        self.resources().iter().any(|(_, resource)| resource.schedule().zone().name() != zone.name())
    }

    /// Whether a booking of it needs nobody's word.
    pub fn is_confirmed_at_once(&self) -> bool {
        self.settings().confirmation == Confirmation::Auto
    }

    /// What a new booking of it is.
    pub fn first_status(&self) -> BookingStatus {
        if self.is_confirmed_at_once() { BookingStatus::Confirmed } else { BookingStatus::Pending }
    }

    /// A chosen time as the store takes it.
    pub fn spots(&self, chosen: Chosen, seats: u32) -> Vec<Spot> {
        let slot =
            Slot { start: chosen.start, end: chosen.end, resource: chosen.resource, seats_left: seats };
        let is_there = self.calendar.resource(chosen.resource).is_some();
        is_there.then(|| self.calendar.spot(&slot, seats)).into_iter().collect()
    }
}

/// The agent's services with their free times, and the visitor's appointments.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    store: Store,
    offers: Vec<Offer>,
    /// Services of the visitor's bookings that are not offered any more.
    others: Vec<Offer>,
    upcoming: Vec<Booking>,
    /// Whose hold counts as free: the next replaces it.
    session: Option<SessionKey>,
}

impl Catalogue {
    pub const fn new(store: Store) -> Self {
        Self { store, offers: Vec::new(), others: Vec::new(), upcoming: Vec::new(), session: None }
    }

    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Reads what the agent offers now, and what the visitor has booked.
    pub async fn load(&mut self, scene: &Scene) -> Result<(), AnswerError> {
        let (agent, op) = (&scene.card.agent, &scene.op);
        let services = self.store.services_of_agent(op.account, agent.project_id, &agent.chatbot_id).await?;
        let mut offers = Vec::with_capacity(services.len());
        for stored in services {
            let offer = self.open(op, stored).await?;
            offers.extend(Some(offer).filter(|offer| !offer.resources().is_empty()));
        }
        self.offers = offers;
        self.others.clear();
        let bookings =
            self.store.bookings_of_session(op, agent.project_id, scene.session, Some(op.now())).await?;
        self.upcoming = bookings
            .into_iter()
            .filter(|booking| booking.status.is_open() && booking.start_at > op.now())
            .collect();
        for id in self.upcoming.iter().map(|booking| booking.service_id).collect::<Vec<_>>() {
            if self.offer(id).is_none()
                && let Some(stored) = self.store.find_service(op.account, id).await?
            {
                let offer = self.open(op, stored).await?;
                self.others.push(offer);
            }
        }
        self.session = Some(scene.session);
        Ok(())
    }

    async fn open(&self, op: &Op, stored: StoredService) -> Result<Offer, AnswerError> {
        let calendar = Calendar::open(&self.store, op.account, stored).await?;
        let settings = calendar.resources().iter().map(|(_, resource)| resource.settings());
        let absent = settings.filter(|settings| !settings.enabled).map(|settings| settings.name.clone());
        let absent = absent.collect();
        Ok(Offer { calendar: calendar.of_enabled(), absent })
    }

    /// Whether the visitor has bookings of what is not offered any more.
    pub const fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    pub fn offer(&self, id: ServiceId) -> Option<&Offer> {
        self.offers.iter().chain(&self.others).find(|offer| offer.id() == id)
    }

    /// The visitor's appointments to come, the next first. Only those of this conversation are the visitor's.
    pub fn upcoming(&self) -> &[Booking] {
        &self.upcoming
    }

    /// A service's name; of one that is not there any more nothing is told.
    pub fn name(&self, id: ServiceId) -> String {
        self.offer(id).map(|offer| offer.settings().name.clone()).unwrap_or_default()
    }

    pub const fn is_bookable(&self) -> bool {
        !self.offers.is_empty()
    }

    /// The zone of the only resource that can be booked.
    pub fn only_zone(&self) -> Option<Zone> {
        let mut resources = self.offers.iter().flat_map(Offer::resources);
        let (id, first) = resources.next()?;
        resources.all(|(other, _)| other == id).then(|| first.schedule().zone().clone())
    }

    /// The one service of which the text names more than of any other.
    pub fn named_service(&self, text: &str) -> Option<ServiceId> {
        let score = |offer: &Offer| shared_words(text, &offer.settings().name);
        let mut scores: Vec<(usize, ServiceId)> = self
            .offers
            .iter()
            .map(|offer| (score(offer), offer.id()))
            .filter(|(score, _)| *score > 0)
            .collect();
        scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        match scores.as_slice() {
            [(_, only)] => Some(*only),
            [(first, id), (second, _), ..] if first > second => Some(*id),
            _ => None,
        }
    }

    /// Some of the free times of a window, from one of its ends, a slot for each start.
    pub async fn some(
        &self,
        op: &Op,
        offer: &Offer,
        window: Window,
        flow: &BookingFlow,
        end: End,
    ) -> Result<Vec<Slot>, AnswerError> {
        let seeker = self.seeker(flow, flow.resource);
        Ok(offer.calendar.some(&self.store, op, window, seeker, (end, SHOWN)).await?)
    }

    /// Whether a start is free, on a resource where one is named, and on which.
    pub async fn at(
        &self,
        op: &Op,
        offer: &Offer,
        (start, resource): (Timestamp, Option<ResourceId>),
        flow: &BookingFlow,
    ) -> Result<Result<Vec<Slot>, Refusal>, AnswerError> {
        let wish = Wish { start, seeker: self.seeker(flow, resource) };
        Ok(offer.calendar.at(&self.store, op, wish).await?)
    }

    /// The free times nearest to a wish.
    pub async fn nearest(
        &self,
        op: &Op,
        offer: &Offer,
        start: Timestamp,
        flow: &BookingFlow,
    ) -> Result<Vec<Slot>, AnswerError> {
        let wish = Wish { start, seeker: self.seeker(flow, flow.resource) };
        Ok(offer.calendar.nearest(&self.store, op, wish, SHOWN).await?)
    }

    fn seeker(&self, flow: &BookingFlow, resource: Option<ResourceId>) -> Seeker {
        let booking = match flow.purpose {
            Purpose::Move { booking } | Purpose::Cancel { booking } => booking,
            Purpose::Book => None,
        };
        Seeker { resource, seats: flow.seats, besides: Besides { booking, session: self.session } }
    }
}
