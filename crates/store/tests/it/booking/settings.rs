//! Services and resources.

use super::*;

both_engines! {
    async fn services_are_made_changed_and_removed(t: Fixture) {
        let shop = shop(&t, 2, json!({})).await;
        let (op, project, id) = (&shop.home.op, shop.home.project, shop.service.service_id);
        let found = t.store.find_service(op.account, id).await.unwrap().unwrap();
        assert_eq!(found.settings, shop.service.settings);
        let only = settings(&shop.resources[1..], json!({ "name": "Longer", "enabled": false }));
        let changed = t.store.update_service(op, project, id, move |_| Ok::<_, ()>(only)).await.unwrap().unwrap().unwrap();
        assert_eq!(changed.settings.settings().name, "Longer");
        let resources = t.store.resources_of_service(op.account, id).await.unwrap();
        assert_eq!(resources.iter().map(|one| one.resource_id).collect::<Vec<_>>(), shop.resources[1..]);
        let refused = t.store.update_service(op, project, id, |_| Err::<Service, _>("no")).await.unwrap();
        assert_eq!(refused.unwrap().unwrap_err(), "no");
        assert_eq!(t.store.find_service(op.account, id).await.unwrap().unwrap().settings, changed.settings);
        let stranger = make::home(&t).await;
        let theirs = t.store.update_service(&stranger.op, stranger.project, id, |now| Ok::<_, ()>(now.clone())).await;
        assert!(theirs.unwrap().is_none());
        assert!(!t.store.delete_service(&stranger.op, stranger.project, id).await.unwrap());
        let booking = shop.book(&t, 1, 60).await.unwrap();
        assert!(t.store.delete_service(op, project, id).await.unwrap());
        assert!(!t.store.delete_service(op, project, id).await.unwrap());
        let page = PageRequest { after: None, size: 10 };
        assert!(t.store.list_services(op.account, project, &page).await.unwrap().items.is_empty());
        assert!(t.store.find_service(op.account, id).await.unwrap().unwrap().removed);
        shop.set(&t, booking.booking_id, BookingStatus::Cancelled).await.unwrap();
    }

    async fn a_service_names_resources_of_its_project(t: Fixture) {
        let (home, other) = (make::home(&t).await, make::home(&t).await);
        let theirs = resource(&t, &other).await;
        let new = new_service(&home, &[theirs], json!({}));
        let error = t.store.create_service(&home.op, new, nothing).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound("resource")), "{error}");
        let mine = resource(&t, &home).await;
        let made = service(&t, &home, &[mine], json!({})).await;
        let both = settings(&[mine, theirs], json!({}));
        let error = t.store.update_service(&home.op, home.project, made.service_id, move |_| Ok::<_, ()>(both)).await;
        assert!(matches!(error, Err(StoreError::NotFound("resource"))));
    }

    async fn a_resource_goes_when_no_service_names_it(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let (op, project, id) = (&shop.home.op, shop.home.project, shop.resources[0]);
        let stored = t.store.find_resource(op.account, id).await.unwrap().unwrap();
        let changed = t.store.update_resource(op, project, id, |now| {
            let mut settings = now.settings().clone();
            settings.name = "Ana".into();
            Resource::try_from(settings)
        }).await.unwrap().unwrap().unwrap();
        assert_eq!((stored.settings.settings().name.as_str(), changed.settings.settings().name.as_str()), ("Maria", "Ana"));
        assert!(t.store.delete_resource(op, project, id).await.unwrap_err().is_conflict());
        t.store.delete_service(op, project, shop.service.service_id).await.unwrap();
        assert!(t.store.delete_resource(op, project, id).await.unwrap());
        assert!(!t.store.delete_resource(op, project, id).await.unwrap());
        let page = PageRequest { after: None, size: 10 };
        assert!(t.store.list_resources(op.account, project, &page).await.unwrap().items.is_empty());
        let new = new_service(&shop.home, &shop.resources, json!({}));
        assert!(matches!(t.store.create_service(op, new, nothing).await, Err(StoreError::NotFound("resource"))));
    }

    async fn an_agent_offers_what_is_enabled_and_its_own(t: Fixture) {
        let shop = shop(&t, 1, json!({})).await;
        let (op, project) = (&shop.home.op, shop.home.project);
        let other = make::agent(&t, op, project).await;
        let own = json!({ "chatbot_ids": [shop.home.agent], "name": "Own" });
        service(&t, &shop.home, &shop.resources, own).await;
        service(&t, &shop.home, &shop.resources, json!({ "enabled": false })).await;
        let names = async |chatbot: &robofy_kernel::ChatbotId| {
            let services = t.store.services_of_agent(op.account, project, chatbot).await.unwrap();
            let mut names: Vec<_> = services.iter().map(|service| service.settings.settings().name.clone()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&shop.home.agent).await, ["Own", "Talk"]);
        assert_eq!(names(&other).await, ["Talk"]);
    }

    async fn the_resources_of_a_page_of_services_are_those_of_each(t: Fixture) {
        let shop = shop(&t, 3, json!({})).await;
        let (op, project, all) = (&shop.home.op, shop.home.project, &shop.resources);
        service(&t, &shop.home, &all[..1], json!({ "name": "One" })).await;
        service(&t, &shop.home, &all[1..], json!({ "name": "Two" })).await;
        service(&t, &shop.home, all, json!({ "name": "Last" })).await;
        for (size, from) in [(10, 0), (1, 0), (2, 1)] {
            let page = PageRequest { after: None, size: 10 };
            let services = t.store.list_services(op.account, project, &page).await.unwrap().items;
            let page = &services[from..services.len().min(from + size)];
            let mut of_page = t.store.resources_of_services(op.account, page).await.unwrap();
            for service in page {
                let ids = |found: &[StoredResource]| found.iter().map(|one| one.resource_id).collect::<Vec<_>>();
                let own = t.store.resources_of_service(op.account, service.service_id).await.unwrap();
                let listed = of_page.remove(&service.service_id).unwrap();
                assert_eq!(ids(&listed), ids(&own), "{}", service.settings.settings().name);
            }
            assert!(of_page.is_empty(), "nothing of other services");
        }
        assert!(t.store.resources_of_services(op.account, &[]).await.unwrap().is_empty());
    }

    async fn offered_services_are_paged_past_those_of_other_agents(t: Fixture) {
        let shop = shop(&t, 1, json!({ "name": "First" })).await;
        let (op, project) = (&shop.home.op, shop.home.project);
        let other = make::agent(&t, op, project).await;
        for number in 0..5 {
            let theirs = json!({ "chatbot_ids": [other], "name": format!("Theirs {number}") });
            service(&t, &shop.home, &shop.resources, theirs).await;
        }
        service(&t, &shop.home, &shop.resources, json!({ "name": "Second" })).await;
        let (mut names, mut page) = (Vec::new(), PageRequest { after: None, size: 1 });
        loop {
            let found = t.store.list_offered_services(op.account, project, &shop.home.agent, &page).await.unwrap();
            names.extend(found.items.iter().map(|service| service.settings.settings().name.clone()));
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
        names.sort_unstable();
        assert_eq!(names, ["First", "Second"]);
    }
}
