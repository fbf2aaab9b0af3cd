//! The tabs of a widget.

use robofy_kernel::TabId;
use robofy_store::agents::{TabKind, WidgetTab};

use super::*;

fn tab(op: &Op, label: &str) -> WidgetTab {
    let url = Some("https://example.org/".into());
    WidgetTab { id: TabId(op.uuid()), kind: TabKind::Link, label: label.into(), url, sort_order: 0 }
}

async fn labels(t: &Fixture, home: &make::Home) -> Vec<String> {
    let agent = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
    agent.widget_tabs.iter().map(|tab| tab.label.clone()).collect()
}

both_engines! {
    async fn tabs_are_added_in_order_and_removed(t: Fixture) {
        let home = make::home(&t).await;
        let add = async |label: &str, place| {
            let tab = tab(&home.op, label);
            fresh(t.store.add_widget_tab(&home.op, home.project, &home.agent, tab, place, nothing).await.unwrap())
        };
        let first = add("a", None).await;
        let last = add("z", None).await;
        assert_eq!((first.sort_order, last.sort_order), (0, 1));
        add("front", Some(0)).await;
        assert_eq!(labels(&t, &home).await, ["a", "front", "z"], "of two at one place the earlier is first");
        let stranger = make::account(&t).await;
        assert!(!t.store.delete_widget_tab(&stranger, home.project, &home.agent, first.id).await.unwrap());
        assert!(t.store.delete_widget_tab(&home.op, home.project, &home.agent, first.id).await.unwrap());
        assert!(!t.store.delete_widget_tab(&home.op, home.project, &home.agent, first.id).await.unwrap());
        assert_eq!(labels(&t, &home).await, ["front", "z"]);
        let foreign = t.store.add_widget_tab(&stranger, home.project, &home.agent, tab(&stranger, "x"), None, nothing).await;
        assert!(matches!(foreign.unwrap_err(), StoreError::NotFound(_)));
    }

    async fn of_many_at_once_twenty_are_taken(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let taken = at_once(&t, 30, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let tab = tab(&home.op, &n.to_string());
                match t.store.add_widget_tab(&home.op, home.project, &home.agent, tab, None, nothing).await {
                    Ok(_) => true,
                    Err(StoreError::Conflict(_)) => false,
                    Err(error) => panic!("{error}"),
                }
            }
        }).await;
        assert_eq!(taken.into_iter().filter(|taken| *taken).count(), WidgetTab::MOST);
        assert_eq!(labels(&t, &home).await.len(), WidgetTab::MOST);
    }
}
