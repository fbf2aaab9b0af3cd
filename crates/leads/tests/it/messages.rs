//! Messages as visitors write them, in eleven languages.

use robofy_leads::{Field, FieldType, pick};

use crate::{contact, picked, said};

/// Message, field asked for, country, what it says.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

fn all_right(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (text, asked, region, wanted) in cases {
        let found = said(text, asked, region);
        if found != *wanted {
            wrong.push(format!("{text:?} asked {asked:?}\n      wanted {wanted:?}\n      found  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn english() {
    all_right(&[
        (
            "Hi there, this is Wendy Arkwright from Arkwright Joinery Ltd. My number's 020 7946 0018",
            "",
            "GB",
            &["name=Wendy Arkwright", "company=Arkwright Joinery Ltd", "phone=+442079460018"],
        ),
        (
            "could you call me back on 415-555-0132? name's Curtis",
            "",
            "US",
            &["phone=+14155550132", "name=Curtis"],
        ),
        ("Priyanka Deshmukh speaking", "", "GB", &["name=Priyanka Deshmukh"]),
        (
            "i work at northwind, marcy.cole@northwind.example",
            "",
            "US",
            &["email=marcy.cole@northwind.example"],
        ),
        (
            "my husband's email is dan@foo.example but use mine: lou@foo.example",
            "email",
            "US",
            &["email=lou@foo.example"],
        ),
        ("that's my old address, the new one is pat@new.example", "email", "US", &["email=pat@new.example"]),
        ("pat@old.example bounces these days", "", "US", &[]),
        ("I got an email from noreply@brand.example, is that you?", "", "US", &[]),
        (
            "jo.bell@corp.example — wait, use jo.bell@home.example instead",
            "email",
            "US",
            &["email=jo.bell@home.example"],
        ),
        ("sam underscore wells at yahoo dot com", "email", "US", &["email=sam_wells@yahoo.com"]),
        ("it's m dot okafor at outlook dot com thanks", "email", "US", &["email=m.okafor@outlook.com"]),
        ("where are you at dot com or what", "", "US", &[]),
        ("we usually meet at acme dot io", "", "US", &[]),
        ("oh seven four double oh, one two three, four five six", "phone", "GB", &["phone=+447400123456"]),
        ("four one five five five five oh one three two", "phone", "US", &["phone=+14155550132"]),
        ("reference 4155550132 please check", "", "US", &[]),
        ("4155550132 is my account number", "", "US", &[]),
        ("order #4155550132 is late, call me on 415 555 0199", "", "US", &["phone=+14155550199"]),
        ("can't find invoice INV-4155550132", "phone", "US", &[]),
        ("the part costs $4155550132, lol", "", "US", &[]),
        ("415 555 0132 ext 4", "phone", "US", &["phone=+14155550132"]),
        ("after 6 415 555 0132", "phone", "US", &["phone=+14155550132"]),
        ("No thank you", "phone", "US", &["-phone"]),
        ("I'd prefer to keep my number to myself", "phone", "US", &["-phone"]),
        ("nope, no phone", "phone", "US", &["-phone"]),
        ("I don't have one", "email", "US", &["-email"]),
        ("skip", "email", "US", &["-email"]),
        ("it's just me, no company", "company", "US", &["-company"]),
        ("why do you need that", "phone", "US", &[]),
        ("maybe, how long does it take?", "name", "US", &[]),
        ("I'm just browsing", "name", "US", &[]),
        ("I'm from Leeds", "name", "GB", &[]),
        ("I'm a returning customer", "", "GB", &[]),
        ("I am Canadian", "", "CA", &[]),
        ("Is Karen around today?", "", "GB", &[]),
        ("Hi Karen, do you have parking?", "", "GB", &[]),
        ("It's Black Friday soon, any discounts?", "", "US", &[]),
        ("tell Mr Hobbs I said hello", "", "GB", &[]),
        ("dr. susan okoye", "name", "GB", &["name=susan okoye"]),
        ("Mrs. Whitcombe", "name", "GB", &["name=Whitcombe"]),
        ("everyone calls me Ziggy", "name", "GB", &["name=Ziggy"]),
        ("sure, it's tomasz wilk", "name", "GB", &["name=tomasz wilk"]),
        ("J. R. Ewing", "name", "US", &["name=J. R. Ewing"]),
        ("the name is Bond, James Bond", "name", "GB", &["name=James Bond"]),
        (
            "ravi menon, ravi.menon@foo.example",
            "",
            "IN",
            &["name=ravi menon", "email=ravi.menon@foo.example"],
        ),
        ("Kestrel Analytics", "company", "GB", &["company=Kestrel Analytics"]),
        ("we're called Salt & Stone Pottery", "company", "GB", &["company=Salt & Stone Pottery"]),
        ("from Kestrel Analytics, based in Hull", "company", "GB", &["company=Kestrel Analytics"]),
        ("I'm Dana, founder of Moss Street Studio", "", "GB", &["name=Dana", "company=Moss Street Studio"]),
        ("It's for my dad Bernard, his number is 415 555 0132", "", "US", &[]),
        (
            "booking for my niece Lola. I'm Tess Conroy, tess@foo.example",
            "",
            "US",
            &["name=Tess Conroy", "email=tess@foo.example"],
        ),
        ("my name is Gill, sorry, Jill", "name", "GB", &["name=Jill"]),
        ("Phone: 415 555 0132\nName: ed moss", "", "US", &["phone=+14155550132", "name=ed moss"]),
    ]);
}

#[test]
fn spanish() {
    all_right(&[
        (
            "hola, soy Lucía Ferrer de Ferrer Decoración, mi correo es lucia@ferrer.example",
            "",
            "ES",
            &["name=Lucía Ferrer", "company=Ferrer Decoración", "email=lucia@ferrer.example"],
        ),
        ("me llamo pablo y mi numero es 611223344", "", "ES", &["name=pablo", "phone=+34611223344"]),
        ("pablo guion ruiz arroba hotmail punto es", "email", "ES", &["email=pablo-ruiz@hotmail.es"]),
        (
            "es el seis once, veintidós, treinta y tres, cuarenta y cuatro",
            "phone",
            "ES",
            &["phone=+34611223344"],
        ),
        ("ese era el viejo, ahora es pablo@nuevo.example", "email", "ES", &["email=pablo@nuevo.example"]),
        ("he escrito a info@tienda.example y no responden", "", "ES", &[]),
        ("número de seguimiento 611223344", "", "ES", &[]),
        ("prefiero no darlo", "phone", "ES", &["-phone"]),
        ("no uso correo electrónico", "email", "ES", &["-email"]),
        ("soy particular", "company", "ES", &["-company"]),
        ("soy cliente desde hace años", "name", "ES", &[]),
        ("soy autónomo", "name", "ES", &[]),
        ("es para mi hermana Rocío. Yo soy Blanca Gil", "", "ES", &["name=Blanca Gil"]),
        ("¿está el señor Campos?", "", "ES", &[]),
        ("Ferretería El Tornillo", "company", "ES", &["company=Ferretería El Tornillo"]),
        ("trabajo en Aceros del Norte", "company", "ES", &["company=Aceros del Norte"]),
        ("¿cuánto cuesta?", "name", "ES", &[]),
        ("Tengo una pregunta sobre el envío", "name", "ES", &[]),
    ]);
}

#[test]
fn german() {
    all_right(&[
        (
            "Hallo, ich heiße Carla Winter und bin unter 030 23125 014 erreichbar",
            "",
            "DE",
            &["name=Carla Winter", "phone=+493023125014"],
        ),
        (
            "ich bin der Timo, meine Mail ist timo@beispiel.example",
            "",
            "DE",
            &["name=Timo", "email=timo@beispiel.example"],
        ),
        ("Frau Prof. Dr. Ingrid Maurer", "name", "DE", &["name=Ingrid Maurer"]),
        ("ich bin von der Tischlerei Holm", "company", "DE", &["company=Tischlerei Holm"]),
        (
            "Rainer Vogt, Einkauf, Vogt Metallbau GmbH, r.vogt@vogt.example",
            "",
            "DE",
            &["name=Rainer Vogt", "company=Vogt Metallbau GmbH", "email=r.vogt@vogt.example"],
        ),
        ("carla unterstrich winter ät gmx punkt net", "email", "DE", &["email=carla_winter@gmx.net"]),
        (
            "null eins sieben eins dreiundzwanzig vierundfünfzig sechs sieben acht",
            "phone",
            "DE",
            &["phone=+491712354678"],
        ),
        ("Kundennummer 01713920050", "phone", "DE", &[]),
        ("Meine Rechnungsnummer ist 01713920050, wann kommt die Ware?", "", "DE", &[]),
        ("das möchte ich lieber nicht sagen", "name", "DE", &["-name"]),
        ("ich habe keine Mailadresse", "email", "DE", &["-email"]),
        ("nein danke", "phone", "DE", &["-phone"]),
        ("bin privat hier", "company", "DE", &["-company"]),
        ("Ich bin Mieter in der Gartenstraße", "name", "DE", &[]),
        ("Wann haben Sie Zeit?", "name", "DE", &[]),
        (
            "Bitte nicht an alt@firma.example, sondern an neu@firma.example",
            "email",
            "DE",
            &["email=neu@firma.example"],
        ),
        ("meine Kollegin Heike Bauer (heike@firma.example) meldet sich noch", "", "DE", &[]),
        ("Können Sie Herrn Lorenz etwas ausrichten?", "", "DE", &[]),
        ("Ich interessiere mich für Ihr Angebot", "", "DE", &[]),
    ]);
}

#[test]
fn french() {
    all_right(&[
        (
            "Bonjour, je m'appelle Sophie Vidal, mon numéro est le 06 12 34 56 78",
            "",
            "FR",
            &["name=Sophie Vidal", "phone=+33612345678"],
        ),
        ("moi c'est karim, karim@exemple.example", "", "FR", &["name=karim", "email=karim@exemple.example"]),
        (
            "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit",
            "phone",
            "FR",
            &["phone=+33612345678"],
        ),
        ("sophie tiret vidal arobase orange point fr", "email", "FR", &["email=sophie-vidal@orange.fr"]),
        ("je n'ai pas d'adresse mail", "email", "FR", &["-email"]),
        ("je ne préfère pas le donner", "phone", "FR", &["-phone"]),
        ("à titre personnel", "company", "FR", &["-company"]),
        ("je suis à la recherche d'un devis", "name", "FR", &[]),
        ("Je suis locataire", "name", "FR", &[]),
        ("Colis 0612345678 toujours pas reçu", "", "FR", &[]),
        ("j'ai écrit à contact@boutique.example sans réponse", "", "FR", &[]),
        ("c'est pour mon père, Gérard. Je suis Lucie Morel", "", "FR", &["name=Lucie Morel"]),
        ("Mme Lefèvre", "name", "FR", &["name=Lefèvre"]),
        ("je travaille chez Atelier Rivage", "company", "FR", &["company=Atelier Rivage"]),
        ("la boulangerie Au Bon Pain", "company", "FR", &["company=boulangerie Au Bon Pain"]),
    ]);
}

#[test]
fn portuguese_italian_dutch() {
    all_right(&[
        (
            "oi, me chamo Bruna Lima, meu zap é 11 91234 5678",
            "",
            "BR",
            &["name=Bruna Lima", "phone=+5511912345678"],
        ),
        ("bruna ponto lima arroba uol ponto com ponto br", "email", "BR", &["email=bruna.lima@uol.com.br"]),
        ("não tenho e-mail", "email", "BR", &["-email"]),
        ("prefiro não informar", "name", "BR", &["-name"]),
        ("sou pessoa física", "company", "BR", &["-company"]),
        ("protocolo 11912345678", "", "BR", &[]),
        ("sou cliente novo", "name", "BR", &[]),
        ("é para minha mãe, Lúcia. Eu sou o Tiago Reis", "", "PT", &["name=Tiago Reis"]),
        (
            "Buongiorno, sono Paola Ricci della Ricci Arredamenti",
            "",
            "IT",
            &["name=Paola Ricci", "company=Ricci Arredamenti"],
        ),
        ("paola trattino ricci chiocciola libero punto it", "email", "IT", &["email=paola-ricci@libero.it"]),
        ("preferirei non darlo", "phone", "IT", &["-phone"]),
        ("sono un privato", "company", "IT", &["-company"]),
        ("numero ordine 3471234567", "", "IT", &[]),
        ("sono interessata al corso", "name", "IT", &[]),
        (
            "la vecchia era paola@prima.example, ora uso paola@dopo.example",
            "email",
            "IT",
            &["email=paola@dopo.example"],
        ),
        ("Hoi, ik ben Sanne de Wit, 06 12345678", "", "NL", &["name=Sanne de Wit", "phone=+31612345678"]),
        ("sanne punt dewit apenstaartje ziggo punt nl", "email", "NL", &["email=sanne.dewit@ziggo.nl"]),
        ("dat deel ik liever niet", "phone", "NL", &["-phone"]),
        ("heb ik niet", "email", "NL", &["-email"]),
        ("ik ben particulier", "company", "NL", &["-company"]),
        ("ik ben op zoek naar een fiets", "name", "NL", &[]),
        ("bestelnummer 0612345678", "phone", "NL", &[]),
        ("mijn naam is van Dijk, Kees van Dijk", "name", "NL", &["name=Kees van Dijk"]),
        ("Slagerij De Bonte Koe", "company", "NL", &["company=Slagerij De Bonte Koe"]),
    ]);
}

#[test]
fn chinese_arabic_japanese_hindi() {
    all_right(&[
        ("你好，我是张伟，手机13812345678", "", "CN", &["name=张伟", "phone=+8613812345678"]),
        ("叫我小陈就行", "name", "CN", &["name=小陈"]),
        ("我是新客户", "name", "CN", &[]),
        ("不方便透露", "phone", "CN", &["-phone"]),
        ("订单号13812345678还没发货", "", "CN", &[]),
        ("李先生", "name", "CN", &["name=李"]),
        ("邮箱是用户@例子.广告", "", "CN", &["email=用户@例子.广告"]),
        ("发到ana@例え.jp谢谢", "email", "CN", &["email=ana@例え.jp"]),
        ("邮箱 li.na@example.cn，我姓李", "", "CN", &["email=li.na@example.cn", "name=李"]),
        ("أنا سارة، رقمي 0501234567", "", "SA", &["name=سارة", "phone=+966501234567"]),
        ("رقم الفاتورة 0501234567", "", "SA", &[]),
        ("لا أريد إعطاء رقمي", "phone", "SA", &["-phone"]),
        ("أحمد علي", "name", "EG", &["name=أحمد علي"]),
        ("田中花子と申します。電話は090-1234-5678です", "", "JP", &["name=田中花子", "phone=+819012345678"]),
        ("鈴木一郎", "name", "JP", &["name=鈴木一郎"]),
        ("学生です", "name", "JP", &[]),
        ("注文番号090-1234-5678", "", "JP", &[]),
        ("メールは使っていません", "email", "JP", &["-email"]),
        (
            "मेरा नाम राहुल वर्मा है और मेरा नंबर 98765 43210 है",
            "",
            "IN",
            &["name=राहुल वर्मा", "phone=+919876543210"],
        ),
        ("ईमेल नहीं है", "email", "IN", &["-email"]),
        ("ऑर्डर नंबर 9876543210", "", "IN", &[]),
    ]);
}

#[test]
fn an_answer_that_is_no_value_says_why() {
    let rejected = |text: &str, asked: &str| {
        picked(text, asked, "US")
            .rejected
            .map(|rejected| (text[rejected.range].to_owned(), rejected.reason.code()))
    };
    assert_eq!(rejected("415 555", "phone"), Some(("415 555".into(), "phone_too_short")));
    assert_eq!(rejected("ada@brook", "email"), Some(("ada@brook".into(), "incomplete_email")));
    assert_eq!(rejected("what for?", "email"), None);
    assert_eq!(rejected("415 555 0132", "phone"), None);
}

#[test]
fn what_is_neither_given_nor_refused() {
    all_right(&[
        ("This is Dr. Patel's office, can you help?", "", "US", &[]),
        ("Not Smith, Smyth", "name", "GB", &["name=Smyth"]),
        ("is info@shop.example the right address?", "", "GB", &[]),
        ("could you send it to mo@home.example?", "", "GB", &["email=mo@home.example"]),
        ("I placed an order. 020 7946 0018", "", "GB", &["phone=+442079460018"]),
        ("order no. 02079460018", "phone", "GB", &[]),
        ("no calls please, email only", "phone", "GB", &["-phone"]),
        ("please no calls", "", "GB", &[]),
        ("pilar (arroba) tienda (punto) com", "email", "ES", &["email=pilar@tienda.com"]),
        ("hey its deshawn colter, 415 555 0132", "", "US", &["name=deshawn colter", "phone=+14155550132"]),
        ("my daughter's name is Zoe, I'm Beth", "", "GB", &["name=Beth"]),
        ("depends", "name", "GB", &[]),
        ("one moment please", "name", "GB", &[]),
        ("hold on a second", "email", "GB", &[]),
    ]);
}

#[test]
fn names_that_are_words_too() {
    all_right(&[
        ("I'm April Jones", "", "GB", &["name=April Jones"]),
        ("my name is Hope", "", "GB", &["name=Hope"]),
        ("my name is May and I need a plumber", "", "GB", &["name=May"]),
        ("my name is will", "", "GB", &["name=will"]),
        ("I'm Will", "", "GB", &["name=Will"]),
        ("It's Will", "", "GB", &["name=Will"]),
        ("I am Mark, hello", "", "GB", &["name=Mark"]),
        ("Hope Summers speaking", "", "GB", &["name=Hope Summers"]),
        ("May", "name", "GB", &["name=May"]),
        ("Ben", "name", "GB", &["name=Ben"]),
        ("Ben Smith", "name", "DE", &["name=Ben Smith"]),
        ("Jo", "name", "GB", &["name=Jo"]),
        ("Wen Li", "name", "GB", &["name=Wen Li"]),
        ("Dan Brown", "name", "NL", &["name=Dan Brown"]),
        ("ich ben gerade unterwegs", "", "DE", &[]),
        ("june", "name", "GB", &["name=june"]),
        ("Hope", "name", "GB", &["name=Hope"]),
        ("it's April", "name", "GB", &["name=April"]),
        ("Will Smith", "name", "GB", &["name=Will Smith"]),
        ("me llamo Luz", "", "ES", &["name=Luz"]),
        ("it's April already", "", "GB", &[]),
        ("hope so", "name", "GB", &[]),
        ("will do", "name", "GB", &[]),
        ("I'm hoping to come in May", "", "GB", &[]),
        ("I'm free in June", "", "GB", &[]),
        ("this is May 5", "", "GB", &[]),
    ]);
}

#[test]
fn companies_keep_what_they_are_in_law() {
    all_right(&[
        ("Müller GmbH & Co. KG", "company", "DE", &["company=Müller GmbH & Co. KG"]),
        ("Ich arbeite bei der Müller GmbH & Co. KG", "", "DE", &["company=Müller GmbH & Co. KG"]),
        ("Firma: Haus & Garten AG & Co. KG, Ulm", "", "DE", &["company=Haus & Garten AG & Co. KG"]),
        ("Tacos del Norte S.A. de C.V.", "company", "MX", &["company=Tacos del Norte S.A. de C.V."]),
        ("we are De Vries B.V.", "company", "GB", &["company=De Vries B.V."]),
        ("Acme, Inc.", "company", "US", &["company=Acme, Inc"]),
        ("I work for Northwind Pty Ltd", "", "AU", &["company=Northwind Pty Ltd"]),
        ("Rossi S.r.l.", "company", "IT", &["company=Rossi S.r.l."]),
        ("Atelier Rivage SARL", "company", "FR", &["company=Atelier Rivage SARL"]),
        ("Nordlys A/S", "company", "DK", &["company=Nordlys A/S"]),
    ]);
}

#[test]
fn a_number_without_its_country_is_asked_for_again() {
    let fields = contact();
    let phone = fields.iter().find(|field| field.name == "phone");
    let rejected = |text: &str| {
        let rejected = pick(text, phone, &fields, None).rejected?;
        Some((text[rejected.range].to_owned(), rejected.reason.code()))
    };
    assert_eq!(rejected("0171 39 200 11"), Some(("0171 39 200 11".into(), "no_country_code")));
    let sentence = "you can reach me at 020 7946 0018 in the afternoons, thank you";
    assert_eq!(rejected(sentence), Some(("020 7946 0018".into(), "no_country_code")));
    assert_eq!(rejected("my order number is 02079460018"), None);
    let found = pick("+44 20 7946 0018", phone, &fields, None).found;
    assert_eq!(found[0].value.text(), "+442079460018");
}

#[test]
fn a_no_is_the_answer_to_a_question_for_yes_or_no() {
    let field = Field::new("newsletter", "Newsletter?", FieldType::Checkbox, false, 0);
    let fields = [field];
    let answer = |text: &str| {
        let picked = pick(text, fields.first(), &fields, None);
        (picked.found.first().map(|found| found.value.text().into_owned()), !picked.declined.is_empty())
    };
    for no in [
        "no",
        "No, thanks",
        "nope",
        "n",
        "nein",
        "nein danke",
        "non merci",
        "no, gracias",
        "não",
        "no grazie",
        "nee",
        "nee bedankt",
    ] {
        assert_eq!(answer(no), (Some("false".into()), false), "{no}");
    }
    assert_eq!(answer("yes please"), (Some("true".into()), false));
    for skip in ["skip", "skip that", "I'd rather not say", "no comment"] {
        assert_eq!(answer(skip), (None, true), "{skip}");
    }
}

#[test]
fn a_date_and_a_time_are_no_telephone_number() {
    let whens = [
        "09.12.2026 11:00",
        "05/12/2026 11:00",
        "08-12-2026 12:30",
        "09.12.2026 13:30",
        "12.12.2026 um 10:00",
        "2026-12-09 11:00",
        "2026/12/09 11:00",
        "11:00 09.12.2026",
        "9.12.2026, 11:00:30",
        "09.12.26 11:00",
        "09.12.2026 11.30",
        "09. Dezember 2026 11 Uhr",
        "09.12.2026-12.12.2026 11:00-12:30",
        "12:30 13:30 14:30 15:30",
    ];
    let regions = ["DE", "FR", "IT", "NL", "CH", "AT", "BE", "AU", "GB", "US", "ES", "PT", "IN"];
    let around =
        [("Are you open on ", "?"), ("Haben Sie am ", " offen?"), ("", ""), ("Siete aperti il ", "?")];
    for (region, when) in regions.iter().flat_map(|region| whens.iter().map(move |when| (region, when))) {
        for (before, after) in around {
            let text = format!("{before}{when}{after}");
            for asked in ["", "phone"] {
                let found = picked(&text, asked, region);
                assert!(found.field("phone").is_none(), "{text:?} in {region} asked {asked:?}: {found:?}");
            }
        }
        let text = format!("My number is {when}");
        let found = picked(&text, "", region);
        if when.contains(':') {
            assert!(found.field("phone").is_none(), "{text:?} in {region}: {found:?}");
        }
    }
}

#[test]
fn a_telephone_number_beside_a_date_is_one() {
    all_right(&[
        ("Am 09.12.2026 11:00, Tel. 030 12345678", "", "DE", &["phone=+493012345678"]),
        ("le 09.12.2026 11:00 au 06.12.34.56.78", "", "FR", &["phone=+33612345678"]),
        ("06-12-34-56-78", "phone", "FR", &["phone=+33612345678"]),
        ("call me on +49 30 12345678 at 11:00", "", "US", &["phone=+493012345678"]),
        ("030 12345678 09.12.2026 11:00", "", "DE", &["phone=+493012345678"]),
    ]);
}
