//! What can be booked here, and which times are free.

use robofy_booking::{Block, Refusal, Resource, Search, Service, Slot, Window};
use robofy_booking::{BookingStatus, Confirmation, Zone};
use robofy_kernel::{Op, ResourceId, ServiceId, SessionKey, Timestamp};
use robofy_store::Store;
use robofy_store::booking::{Besides, Spot, StoredService};

use super::{BookingFlow, Chosen, Purpose};
use crate::answerer::AnswerError;
use crate::flows::hear::{Scene, shared_words};

/// A service that the agent offers, with its resources.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub id: ServiceId,
    pub service: Service,
    pub resources: Vec<(ResourceId, Resource)>,
}

impl Offer {
    /// The service in a list: its name, how long it takes, and what it costs.
    pub fn line(&self) -> String {
        let settings = self.service.settings();
        let minutes = settings.duration_minutes.unwrap_or_default();
        match &settings.price_text {
            Some(price) => format!("{} ({minutes} min, {price})", settings.name),
            None => format!("{} ({minutes} min)", settings.name),
        }
    }

    /// A resource's name.
    pub fn resource_name(&self, id: ResourceId) -> &str {
        let found = self.resources.iter().find(|(known, _)| *known == id);
        found.map_or("", |(_, resource)| resource.settings().name.as_str())
    }

    /// Whether a booking of it needs nobody's word.
    pub fn is_confirmed_at_once(&self) -> bool {
        self.service.settings().confirmation == Confirmation::Auto
    }

    /// What a new booking of it is.
    pub fn first_status(&self) -> BookingStatus {
        if self.is_confirmed_at_once() { BookingStatus::Confirmed } else { BookingStatus::Pending }
    }

    /// A chosen time as the store takes it.
    pub fn spots(&self, chosen: Chosen) -> Vec<Spot> {
        let timing = self.service.timing();
        let found = self.resources.iter().find(|(id, _)| *id == chosen.resource);
        let spot = found.map(|(id, resource)| Spot {
            block: Block::new(self.id, timing, *id, chosen.start, 1),
            capacity: timing.seats(),
            zone: resource.schedule().zone().clone(),
        });
        spot.into_iter().collect()
    }
}

/// The agent's services, and their free times.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    store: Store,
    offers: Vec<Offer>,
    /// Services of the visitor's bookings that are not offered any more.
    others: Vec<Offer>,
    /// Whose hold counts as free: the next replaces it.
    session: Option<SessionKey>,
}

impl Calendar {
    pub fn new(store: Store) -> Self {
        Self { store, offers: Vec::new(), others: Vec::new(), session: None }
    }

    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Reads what the agent offers now.
    pub async fn load(&mut self, scene: &Scene) -> Result<(), AnswerError> {
        let agent = &scene.card.agent;
        let services =
            self.store.services_of_agent(scene.op.account, agent.project_id, &agent.chatbot_id).await?;
        let mut offers = Vec::with_capacity(services.len());
        for stored in services {
            let offer = self.with_resources(&scene.op, stored).await?;
            offers.extend(Some(offer).filter(|offer| !offer.resources.is_empty()));
        }
        self.offers = offers;
        let bookings =
            self.store.bookings_of_session(&scene.op, scene.card.agent.project_id, scene.session).await?;
        for booking in bookings.iter().filter(|booking| booking.start_at > scene.op.now()) {
            if self.offer(booking.service_id).is_none()
                && let Some(stored) = self.store.find_service(scene.op.account, booking.service_id).await?
            {
                let offer = self.with_resources(&scene.op, stored).await?;
                self.others.push(offer);
            }
        }
        self.session = Some(scene.session);
        Ok(())
    }

    async fn with_resources(&self, op: &Op, stored: StoredService) -> Result<Offer, AnswerError> {
        let resources = self.store.resources_of_service(op.account, stored.service_id).await?;
        let resources = resources
            .into_iter()
            .filter(|resource| !resource.removed && resource.settings.settings().enabled)
            .map(|resource| (resource.resource_id, resource.settings.0))
            .collect();
        Ok(Offer { id: stored.service_id, service: stored.settings.0, resources })
    }

    /// Whether the visitor has bookings of what is not offered any more.
    pub fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    pub fn offer(&self, id: ServiceId) -> Option<&Offer> {
        self.offers.iter().chain(&self.others).find(|offer| offer.id == id)
    }

    /// A service's name; of one that is not offered any more nothing is told.
    pub fn name(&self, id: ServiceId) -> String {
        self.offer(id).map(|offer| offer.service.settings().name.clone()).unwrap_or_default()
    }

    pub fn is_bookable(&self) -> bool {
        !self.offers.is_empty()
    }

    /// The zone of the only resource that can be booked.
    pub fn only_zone(&self) -> Option<Zone> {
        let mut resources = self.offers.iter().flat_map(|offer| &offer.resources);
        let (id, first) = resources.next()?;
        resources.all(|(other, _)| other == id).then(|| first.schedule().zone().clone())
    }

    /// The one service of which the text names more than of any other.
    pub fn named_service(&self, text: &str) -> Option<ServiceId> {
        let score = |offer: &Offer| shared_words(text, &offer.service.settings().name);
        let mut scores: Vec<(usize, ServiceId)> = self
            .offers
            .iter()
            .map(|offer| (score(offer), offer.id))
            .filter(|(score, _)| *score > 0)
            .collect();
        scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        match scores.as_slice() {
            [(_, only)] => Some(*only),
            [(first, id), (second, _), ..] if first > second => Some(*id),
            _ => None,
        }
    }

    /// The free times of a window, in order.
    pub async fn free(
        &self,
        op: &Op,
        offer: &Offer,
        window: Window,
        flow: &BookingFlow,
    ) -> Result<Vec<Slot>, AnswerError> {
        let taken = self.taken(op, offer, window, flow).await?;
        let mut slots = search(op, offer, &taken, &pairs(offer)).free(window);
        slots.retain(|slot| flow.resource.is_none_or(|resource| slot.resource == resource));
        Ok(slots)
    }

    /// Some of the free times of a long window: those at its beginning, or at its end.
    pub async fn some(
        &self,
        op: &Op,
        offer: &Offer,
        window: Window,
        flow: &BookingFlow,
        at_the_end: bool,
    ) -> Result<Vec<Slot>, AnswerError> {
        const WEEK: i64 = 7 * 24 * 3_600 * 1_000_000;
        let mut near = window;
        for weeks in [1, 5, 200] {
            if at_the_end {
                near.from = window.from.max(Timestamp::from_micros(window.until.micros() - weeks * WEEK));
            } else {
                near.until = window.until.min(Timestamp::from_micros(window.from.micros() + weeks * WEEK));
            }
            let slots = self.free(op, offer, near, flow).await?;
            if slots.len() >= super::SHOWN || near == window {
                return Ok(slots);
            }
        }
        self.free(op, offer, window, flow).await
    }

    /// Whether a start is free, and on which resources.
    pub async fn at(
        &self,
        op: &Op,
        offer: &Offer,
        start: Timestamp,
        flow: &BookingFlow,
    ) -> Result<Result<Vec<Slot>, Refusal>, AnswerError> {
        let window = Window { from: start, until: Timestamp::from_micros(start.micros() + 1) };
        let taken = self.taken(op, offer, window, flow).await?;
        Ok(search(op, offer, &taken, &pairs(offer)).at(start, flow.resource))
    }

    /// The free times nearest to a wish.
    pub async fn nearest(
        &self,
        op: &Op,
        offer: &Offer,
        wished: Timestamp,
        flow: &BookingFlow,
        most: usize,
    ) -> Result<Vec<Slot>, AnswerError> {
        let resources = pairs(offer);
        let windows = search(op, offer, &[], &resources).around(wished);
        let mut found = Vec::new();
        for window in windows {
            let taken = self.taken(op, offer, window, flow).await?;
            let only =
                offer.resources.iter().filter(|(id, _)| flow.resource.is_none_or(|wanted| wanted == *id));
            let only: Vec<_> = only.map(|(id, resource)| (*id, resource)).collect();
            found = search(op, offer, &taken, &only).nearest(wished, flow.resource, window, most);
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    async fn taken(
        &self,
        op: &Op,
        offer: &Offer,
        window: Window,
        flow: &BookingFlow,
    ) -> Result<Vec<Block>, AnswerError> {
        let booking = match flow.purpose {
            Purpose::Move { booking } | Purpose::Cancel { booking } => booking,
            Purpose::Book => None,
        };
        let besides = Besides { booking, session: self.session };
        let reach = offer.service.timing().reach(window);
        Ok(self.store.taken_blocks(op, offer.id, reach, besides).await?)
    }
}

fn pairs(offer: &Offer) -> Vec<(ResourceId, &Resource)> {
    offer.resources.iter().map(|(id, resource)| (*id, resource)).collect()
}

fn search<'a>(
    op: &Op,
    offer: &'a Offer,
    taken: &'a [Block],
    resources: &'a [(ResourceId, &'a Resource)],
) -> Search<'a> {
    Search { service_id: offer.id, service: &offer.service, resources, taken, now: op.now(), seats: 1 }
}
