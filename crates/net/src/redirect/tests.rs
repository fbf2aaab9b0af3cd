use http::HeaderValue;

use super::*;
use crate::Limits;

fn request(method: Method, url: &str) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("authorization", HeaderValue::from_static("Bearer secret"));
    headers.insert("cookie", HeaderValue::from_static("a=b"));
    let mut key = HeaderValue::from_static("secret");
    key.set_sensitive(true);
    headers.append("x-api-key", HeaderValue::from_static("one that nobody marked"));
    headers.append("x-api-key", key);
    headers.insert("x-plain", HeaderValue::from_static("plain"));
    Request {
        method,
        url: url.parse().unwrap(),
        headers,
        body: Bytes::from_static(b"{}"),
        limits: Limits::default(),
    }
}

fn names(request: &Request) -> Vec<&str> {
    let mut names: Vec<_> = request.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn methods_change_as_in_browsers() {
    for (status, method, then) in [
        (301, Method::POST, Method::GET),
        (302, Method::POST, Method::GET),
        (303, Method::POST, Method::GET),
        (303, Method::PUT, Method::GET),
        (303, Method::HEAD, Method::HEAD),
        (301, Method::GET, Method::GET),
        (302, Method::PUT, Method::PUT),
        (307, Method::POST, Method::POST),
        (308, Method::DELETE, Method::DELETE),
    ] {
        let mut request = request(method.clone(), "https://a.example/");
        let status = StatusCode::from_u16(status).unwrap();
        follow(&mut request, status, "https://a.example/b".parse().unwrap()).unwrap();
        assert_eq!(request.method, then, "{status} after {method}");
        let keeps_body = then == method;
        assert_eq!(!request.body.is_empty(), keeps_body, "{status} after {method}");
        assert_eq!(request.headers.contains_key(CONTENT_TYPE), keeps_body, "{status} after {method}");
        assert!(request.headers.contains_key(AUTHORIZATION), "the same origin keeps them");
    }
}

#[test]
fn credentials_stay_with_their_origin() {
    let same = ["https://a.example/b", "https://a.example:443/", "https://A.EXAMPLE/"];
    let other =
        ["https://b.example/", "https://a.example:8443/", "https://a.example./", "https://www.a.example/"];
    for to in same {
        let mut request = request(Method::GET, "https://a.example/");
        follow(&mut request, StatusCode::FOUND, to.parse().unwrap()).unwrap();
        assert_eq!(
            names(&request),
            ["authorization", "content-type", "cookie", "x-api-key", "x-plain"],
            "{to}"
        );
    }
    for to in other {
        let mut request = request(Method::GET, "https://a.example/");
        follow(&mut request, StatusCode::FOUND, to.parse().unwrap()).unwrap();
        assert_eq!(names(&request), ["content-type", "x-plain"], "{to}");
        follow(&mut request, StatusCode::FOUND, "https://a.example/".parse().unwrap()).unwrap();
        assert_eq!(names(&request), ["content-type", "x-plain"], "they do not come back");
    }
    let mut request = request(Method::GET, "http://a.example/");
    follow(&mut request, StatusCode::FOUND, "https://a.example/".parse().unwrap()).unwrap();
    assert_eq!(names(&request), ["content-type", "x-plain"], "another scheme is another origin");
}

#[test]
fn never_from_https_to_http() {
    let mut request = request(Method::GET, "https://a.example/");
    let to = "http://a.example/".parse().unwrap();
    assert!(matches!(follow(&mut request, StatusCode::FOUND, to), Err(NetError::Refused(_))));
}

#[test]
fn finds_the_target() {
    let from: Url = "https://a.example/one/two?q".parse().unwrap();
    let find = |status: u16, location: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_bytes(location).unwrap());
        target(&from, StatusCode::from_u16(status).unwrap(), &headers).map(|url| url.map(String::from))
    };
    for (location, url) in [
        ("three", "https://a.example/one/three"),
        ("/ä", "https://a.example/%C3%A4"),
        ("//b.example", "https://b.example/"),
        ("?r", "https://a.example/one/two?r"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
    ] {
        assert_eq!(find(302, location.as_bytes()).unwrap().as_deref(), Some(url));
        for status in [200, 201, 300, 304, 305, 306, 404] {
            assert_eq!(find(status, location.as_bytes()).unwrap(), None, "{status}");
        }
    }
    for nowhere in [&b"http://"[..], b"http://[", b"\xff", b"http://a.example:99999/"] {
        assert!(matches!(find(302, nowhere), Err(NetError::Redirects)), "{nowhere:?}");
    }
    assert_eq!(target(&from, StatusCode::FOUND, &HeaderMap::new()).unwrap(), None);
}
