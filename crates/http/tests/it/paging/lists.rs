//! Every kind of list: where it is, how a row of it is made and taken away.

use std::sync::atomic::{AtomicUsize, Ordering};

use robofy_http::auth::token::Grant;
use robofy_kernel::Environment;

use super::*;
use crate::knowledge::Place;
use crate::server::Server;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Projects,
    Agents,
    Assets,
    Linked,
    Pairs,
    Prompts,
    Unanswered,
    Keys,
    Crawls,
    Leads,
    Services,
    Resources,
    Bookings,
    Slots,
    VisitorServices,
    VisitorBookings,
    VisitorSlots,
    Sessions,
    Messages,
    Requests,
}

pub const LISTS: &[Kind] = &[
    // First, since every call adds to it.
    Kind::Requests,
    Kind::Projects,
    Kind::Agents,
    Kind::Assets,
    Kind::Linked,
    Kind::Pairs,
    Kind::Prompts,
    Kind::Unanswered,
    Kind::Keys,
    Kind::Crawls,
    Kind::Leads,
    Kind::Services,
    Kind::Resources,
    Kind::Bookings,
    Kind::Slots,
    Kind::VisitorServices,
    Kind::VisitorBookings,
    Kind::VisitorSlots,
    Kind::Sessions,
    Kind::Messages,
];

impl Kind {
    /// The operation's id.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Projects => "list_projects",
            Self::Agents => "list_agents",
            Self::Assets => "list_assets",
            Self::Linked => "list_linked_assets",
            Self::Pairs => "list_pairs",
            Self::Prompts => "list_prompt_versions",
            Self::Unanswered => "list_unanswered",
            Self::Keys => "list_api_keys",
            Self::Crawls => "list_crawls",
            Self::Leads => "list_leads",
            Self::Services => "list_services",
            Self::Resources => "list_resources",
            Self::Bookings => "list_bookings",
            Self::Slots => "list_slots",
            Self::VisitorServices => "visitor_services",
            Self::VisitorBookings => "visitor_bookings",
            Self::VisitorSlots => "visitor_slots",
            Self::Sessions => "list_inbox_sessions",
            Self::Messages => "list_inbox_chats",
            Self::Requests => "list_requests",
        }
    }

    fn is_visitors(self) -> bool {
        matches!(self, Self::VisitorServices | Self::VisitorBookings | Self::VisitorSlots)
    }

    /// Where in `data` the rows are, and by what a row is known.
    fn rows(self) -> (&'static str, &'static str) {
        match self {
            Self::Projects => ("/projects", "id"),
            Self::Agents => ("/chatbots", "chatbot_id"),
            Self::Assets | Self::Linked => ("/assets", "asset_id"),
            Self::Pairs => ("/pairs", "id"),
            Self::Prompts => ("/prompt_versions", "version"),
            Self::Unanswered => ("/questions", "id"),
            Self::Keys => ("/api_keys", "id"),
            Self::Crawls => ("/runs", "run_id"),
            Self::Leads => ("/report/rows", "id"),
            Self::Services | Self::VisitorServices => ("/services", "service_id"),
            Self::Resources => ("/resources", "resource_id"),
            Self::Bookings | Self::VisitorBookings => ("/bookings", "booking_id"),
            Self::Slots | Self::VisitorSlots => ("/slots", "start"),
            Self::Sessions => ("/sessions", "session_id"),
            Self::Messages => ("/messages", "message_id"),
            Self::Requests => ("/requests", "id"),
        }
    }
}

/// A tenant with something of every kind.
pub struct World {
    pub place: Place,
    /// A visitor's token.
    pub visitor: String,
    pub service: String,
    resource: String,
    made: AtomicUsize,
}

impl World {
    pub async fn new(t: &Fixture, route_aliases: Vec<RouteAlias>) -> Self {
        let place = Place::on(
            Server::over(t, HttpConfig { route_aliases, request_log: true, ..HttpConfig::default() }).await,
        )
        .await;
        let form =
            json!({ "enabled": true, "fields": [{ "name": "email", "type": "email", "required": true }] });
        assert_eq!(place.call("PUT", &place.of_agent("lead_form"), Some(form)).await.status, 200);
        let app = &place.server.app;
        let grant = Grant {
            account: place.tenant.account,
            project: place.project.to_string().parse().unwrap(),
            chatbots: vec![place.agent.parse().unwrap()],
            session: app.ids().web_session(),
            environment: Environment::Live,
            origin: None,
        };
        let visitor = app.token_keys().sign(grant, place.server.clock.now(), app.ids()).unwrap();
        let mut world = Self {
            place,
            visitor,
            service: String::new(),
            resource: String::new(),
            made: AtomicUsize::new(0),
        };
        world.resource = world.make(Kind::Resources).await;
        world.service = world.make(Kind::Services).await;
        world
    }

    /// The path of a list, with all that it needs but the page.
    pub fn path(&self, kind: Kind) -> String {
        let booking = |what: &str| format!("/v1/booking/{what}/{}?", self.place.project);
        let slots = format!("serviceId={}&from=2026-01-20&to=2026-01-24&", self.service);
        match kind {
            Kind::Projects => "/v1/projects?".to_owned(),
            Kind::Keys => "/v1/api-keys?".to_owned(),
            Kind::Agents => format!("{}?", self.place.of_project("chatbot")),
            Kind::Assets => format!("{}?", self.place.of_project("assets")),
            Kind::Linked => format!("{}?", self.place.of_agent("chatbot_asset_link")),
            Kind::Pairs => format!("{}?", self.place.of_agent("qa")),
            Kind::Prompts => format!("{}?", self.place.of_agent("prompt_versions")),
            Kind::Unanswered => format!("{}?", self.place.of_agent("unanswered")),
            Kind::Crawls => format!("{}?", self.place.of_agent("crawl_status")),
            Kind::Leads => format!("{}?", self.place.of_agent("leads")),
            Kind::Services => booking("services"),
            Kind::Resources => booking("resources"),
            Kind::Bookings => booking("bookings"),
            Kind::Slots => booking("slots") + &slots,
            Kind::VisitorServices => "/v1/ai-agent/chat/booking/services?".to_owned(),
            Kind::VisitorBookings => "/v1/ai-agent/chat/booking/bookings?".to_owned(),
            Kind::VisitorSlots => format!("/v1/ai-agent/chat/booking/slots?{slots}"),
            Kind::Sessions => format!("/v1/ai-agent/inbox/sessions/{}?", self.place.agent),
            Kind::Messages => format!("/v1/ai-agent/inbox/chats/{}/long?", self.place.agent),
            Kind::Requests => "/v1/requests?".to_owned(),
        }
    }

    /// The credential that opens a list.
    pub fn credential(&self, kind: Kind) -> &str {
        if kind.is_visitors() { &self.visitor } else { &self.place.tenant.key }
    }

    /// The query of a page.
    pub fn query(kind: Kind, size: u64, token: Option<&str>) -> String {
        let size = if matches!(kind, Kind::Slots | Kind::VisitorSlots) {
            format!("limit={size}")
        } else {
            format!("pageSize={size}")
        };
        token.map_or_else(|| size.clone(), |token| format!("{size}&nextPageToken={token}"))
    }

    /// A page: its rows, and the token of the next.
    pub async fn page(&self, kind: Kind, size: u64, token: Option<&str>) -> (Vec<String>, Option<String>) {
        let path = self.path(kind) + &Self::query(kind, size, token);
        let answer = self.place.server.call("GET", &path, self.credential(kind), None).await;
        assert_eq!(answer.status, 200, "{kind:?}: {}", answer.json());
        let whole = answer.json();
        let data = &whole["data"];
        let (rows, id) = kind.rows();
        let list = data.pointer(rows).and_then(Value::as_array).unwrap();
        // The inbox has its token at the top.
        let beside = if kind == Kind::Sessions {
            &whole
        } else {
            data.pointer(&rows[..rows.rfind('/').unwrap()]).unwrap()
        };
        let next = beside["next_page_token"].as_str().map(str::to_owned);
        (list.iter().map(|row| text(&row[id])).collect(), next)
    }

    /// All rows, in large pages.
    pub async fn rows(&self, kind: Kind) -> Vec<String> {
        let (mut all, mut token) = (Vec::new(), None::<String>);
        loop {
            let (rows, next) = self.page(kind, 200, token.as_deref()).await;
            all.extend(rows);
            match next {
                Some(next) => token = Some(next),
                None => return all,
            }
        }
    }

    async fn post(&self, path: &str, body: Value, id: &str) -> String {
        self.post_as(&self.place.tenant.key, path, body, id).await
    }

    async fn post_as(&self, credential: &str, path: &str, body: Value, id: &str) -> String {
        let answer = self.place.server.call("POST", path, credential, Some(body)).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.json());
        let answer = answer.json();
        // Content answers bare objects, and an agent's creation its bare id.
        let data = answer.get("data").unwrap_or(&answer);
        text(data.get(id).unwrap_or(data))
    }

    /// Makes a row; gives its id.
    pub async fn make(&self, kind: Kind) -> String {
        let n = self.made.fetch_add(1, Ordering::SeqCst);
        let place = &self.place;
        let own = self.path(kind);
        let own = own.trim_end_matches('?');
        let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let week: serde_json::Map<_, _> =
            week.iter().map(|day| ((*day).to_owned(), json!([["00:00", "24:00"]]))).collect();
        match kind {
            Kind::Projects => self.post(own, json!({ "name": format!("P{n}") }), "id").await,
            Kind::Agents => self.post(own, json!({ "name": format!("A{n}"), "language": "en" }), "").await,
            Kind::Assets | Kind::Linked => {
                text(&place.teach(&format!("f{n}"), &format!("Text {n}.")).await["asset_id"])
            }
            Kind::Pairs => {
                let body = json!({ "question": format!("Question {n}?"), "answer": "Yes." });
                self.post(own, body, "id").await
            }
            Kind::Unanswered => {
                let emperor: String = n.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
                let body = json!({
                    "query": format!("Who was the emperor {emperor}us?"), "pid": place.project.to_string(),
                    "chatbot_id": place.agent, "user_context": { "platform": "web" },
                });
                let answer = place.call("POST", "/v1/ai-agent/chat", Some(body)).await;
                assert_eq!(answer.status, 200, "{}", answer.json());
                text(&answer.json()["data"]["message_id"])
            }
            Kind::Prompts => self.post(&format!("{own}/1/restore"), json!({}), "version").await,
            Kind::Keys => {
                let body = json!({ "name": format!("K{n}"), "environment": "live", "scopes": ["chat"] });
                self.post(own, body, "id").await
            }
            Kind::Crawls => {
                let body = json!({
                    "project_id": place.project, "chatbot_id": place.agent,
                    "start_urls": [{ "url": format!("https://shop{n}.example/") }],
                });
                self.post("/v1/ai-agent/crawl_website", body, "run_id").await
            }
            Kind::Leads => {
                self.post(own, json!({ "values": { "email": format!("ana{n}@example.com") } }), "id").await
            }
            Kind::Services | Kind::VisitorServices => {
                let body = json!({
                    "name": format!("S{n}"), "duration_minutes": 30, "resource_ids": [self.resource],
                    "max_upcoming_per_visitor": 100,
                });
                self.post(&format!("/v1/booking/services/{}", place.project), body, "service_id").await
            }
            Kind::Resources => {
                let body = json!({ "name": format!("R{n}"), "timezone": "UTC", "hours": week });
                self.post(own, body, "resource_id").await
            }
            Kind::Bookings => self.post(own, self.some_time(n, 6), "booking_id").await,
            Kind::VisitorBookings => {
                self.post_as(&self.visitor, own, self.some_time(n, 13), "booking_id").await
            }
            Kind::Sessions => self.say(&format!("s{n}")).await,
            Kind::Messages => self.say("long").await,
            // There are many of the one, and more of the other with every call.
            Kind::Slots | Kind::VisitorSlots => String::new(),
            Kind::Requests => {
                place.call("GET", "/v1/auth/me", None).await;
                place.server.app.write_request_log().await;
                String::new()
            }
        }
    }

    /// Says something in a session.
    async fn say(&self, session: &str) -> String {
        let body = json!({
            "query": "Hello", "pid": self.place.project.to_string(), "chatbot_id": self.place.agent,
            "user_context": { "platform": "web", "session_id": session },
        });
        let answer = self.place.call("POST", "/v1/ai-agent/chat", Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        session.to_owned()
    }

    /// A half-hour from a day of January on, in no order, none twice.
    fn some_time(&self, n: usize, from_day: usize) -> Value {
        let slot = n * 97 % 288;
        let (day, minutes) = (from_day + slot / 48, slot % 48 * 30);
        let start = format!("2026-01-{day:02}T{:02}:{:02}:00Z", minutes / 60, minutes % 60);
        json!({ "service_id": self.service, "start": start })
    }

    /// Takes a row away; whether rows of this kind can be, and this one was.
    pub async fn remove(&self, kind: Kind, id: &str) -> bool {
        let place = &self.place;
        let own = self.path(kind);
        let one = format!("{}/{id}", own.trim_end_matches('?'));
        match kind {
            // The first service and resource are what is booked.
            Kind::Services | Kind::Resources if *id == self.service || *id == self.resource => return false,
            Kind::Agents if *id == place.agent => return false,
            Kind::Agents
            | Kind::Assets
            | Kind::Pairs
            | Kind::Unanswered
            | Kind::Leads
            | Kind::Services
            | Kind::Resources => {
                let answer = place.call("DELETE", &one, None).await;
                assert_eq!(answer.status, 200, "{one}: {}", answer.json());
            }
            Kind::Linked => {
                let path =
                    format!("/v1/ai-agent/chatbot_asset_delink?chatbot_id={}&asset_id={id}", place.agent);
                let answer = place.call("DELETE", &path, None).await;
                assert_eq!(answer.status, 200, "{}", answer.json());
            }
            Kind::Keys => {
                let who = place.call("GET", "/v1/auth/me", None).await.json();
                let listed = place.call("GET", "/v1/api-keys?pageSize=1", None).await.json();
                // The primary one is the oldest, and the one that is used here.
                if listed["data"]["api_keys"][0]["id"] == id {
                    return false;
                }
                let answer = place.call("DELETE", &one, None).await;
                assert_eq!(answer.status, 200, "{who}: {}", answer.json());
            }
            // Another one takes the time of a slot.
            Kind::Slots | Kind::VisitorSlots => {
                let body = json!({ "service_id": self.service, "start": id });
                self.post(&format!("/v1/booking/bookings/{}", place.project), body, "booking_id").await;
            }
            // They stay in their lists.
            Kind::Projects
            | Kind::Prompts
            | Kind::Crawls
            | Kind::Bookings
            | Kind::VisitorBookings
            | Kind::Sessions
            | Kind::Messages
            | Kind::Requests => return false,
            Kind::VisitorServices => {
                if *id == self.service {
                    return false;
                }
                let path = format!("/v1/booking/services/{}/{id}", place.project);
                assert_eq!(place.call("DELETE", &path, None).await.status, 200);
            }
        }
        true
    }
}

/// A row's id, whether it is a number or a text.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
