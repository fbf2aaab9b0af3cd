//! Settings of forms, and what is wrong with them.

use robofy_leads::{Field, FieldType, LeadForm, LeadFormSettings, When};
use serde_json::json;

fn mistakes(settings: serde_json::Value) -> Vec<String> {
    let settings: LeadFormSettings = serde_json::from_value(settings).unwrap();
    let mistakes = LeadForm::try_from(settings).unwrap_err();
    mistakes.0.into_iter().map(|mistake| format!("{} {}", mistake.field, mistake.code)).collect()
}

#[test]
fn the_default_form_is_right_and_asks_for_an_address() {
    let form = LeadForm::try_from(LeadFormSettings::default()).unwrap();
    assert_eq!(form, LeadForm::default());
    let required: Vec<&str> = form.fields().iter().filter(|f| f.required).map(|f| f.name.as_str()).collect();
    assert_eq!(required, ["email"]);
}

#[test]
fn fields_come_in_their_order_and_settings_come_back() {
    let written = json!({
        "enabled": true, "form_title": "Quote", "submit_button_text": "Go", "when": "after_messages", "after_messages": 2,
        "fields": [
            {"name": "size", "label": "Size", "type": "select", "options": ["S", "M"], "sort_order": 2},
            {"name": "email", "label": "E-mail", "type": "email", "required": true, "sort_order": 1},
        ],
    });
    let form: LeadForm = serde_json::from_value(written).unwrap();
    let names: Vec<&str> = form.fields().iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["email", "size"]);
    assert_eq!(form.settings().when, When::AfterMessages);
    assert_eq!(form.field("size").unwrap().field_type, FieldType::Select);
    let back: LeadForm = serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap();
    assert_eq!(back, form);
}

#[test]
fn every_mistake_is_named() {
    let found = mistakes(json!({
        "enabled": true, "form_title": " ", "submit_button_text": "Go", "consent_text": "I agree", "after_messages": 0,
        "fields": [
            {"name": "E-mail", "label": "E", "type": "email"},
            {"name": "a", "label": "", "type": "text", "options": ["x"]},
            {"name": "a", "label": "Again", "type": "select"},
            {"name": "c", "label": "C", "type": "multi_select", "options": ["x", "x"]},
        ],
    }));
    assert_eq!(
        found,
        [
            "form_title required",
            "consent_version required",
            "after_messages out_of_range",
            "fields[0].name invalid",
            "fields[1].label required",
            "fields[1].options invalid",
            "fields[2].name invalid",
            "fields[2].options invalid",
            "fields[3].options[1] invalid",
        ]
    );
}

#[test]
fn limits_hold() {
    let field = |at: usize| Field::new(&format!("f{at}"), "F", FieldType::Text, false, 0);
    let form = |count: usize| LeadFormSettings {
        fields: (0..count).map(field).collect(),
        ..LeadFormSettings::default()
    };
    assert!(LeadForm::try_from(form(40)).is_ok());
    assert!(LeadForm::try_from(form(41)).is_err());
    let empty = LeadFormSettings { enabled: true, fields: Vec::new(), ..LeadFormSettings::default() };
    assert!(LeadForm::try_from(empty).is_err());
}

#[test]
fn types_are_written_as_on_the_wire() {
    let names: Vec<&str> = FieldType::ALL.iter().map(|r#type| r#type.as_str()).collect();
    assert_eq!(
        names,
        [
            "text",
            "long_text",
            "name",
            "email",
            "phone",
            "company",
            "number",
            "select",
            "multi_select",
            "date",
            "url",
            "checkbox"
        ]
    );
    for r#type in FieldType::ALL {
        assert_eq!(r#type.as_str().parse::<FieldType>().unwrap(), *r#type);
        assert_eq!(serde_json::to_value(r#type).unwrap(), r#type.as_str());
    }
}
