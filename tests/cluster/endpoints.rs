//! One server that is every test pod: it answers at all their addresses, and remembers who scraped what.
//! Each answer has a value of its own, so that a lost one can be told.

use super::pods::SIDECAR;
use crate::common::http;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The ports that test pods serve at, and those that nobody should ask.
const PORTS: [u16; 9] = [8000, 9000, 81, 8080, 9090, 53, 70, SIDECAR, 9100];

/// What is scraped: `http://10.244.1.0:8000/metrics`.
pub type Url = String;

/// The server.
pub struct Endpoints {
    /// How many scrapes of each URL there were, by the address that they came from.
    scrapes: Mutex<BTreeMap<Url, BTreeMap<String, usize>>>,
    /// How many more series each endpoint has.
    series: AtomicUsize,
}

impl Endpoints {
    /// The one server of this process.
    pub fn get() -> Arc<Endpoints> {
        static SERVER: Mutex<Option<Arc<Endpoints>>> = Mutex::new(None);
        let mut server = SERVER.lock().unwrap();
        server.get_or_insert_with(Endpoints::start).clone()
    }

    fn start() -> Arc<Endpoints> {
        let server = Arc::new(Endpoints { scrapes: Mutex::default(), series: AtomicUsize::new(0) });
        for port in PORTS {
            let listener = TcpListener::bind(("0.0.0.0", port)).unwrap();
            let server = server.clone();
            http::serve(listener, move |stream| server.talk(stream));
        }
        server
    }

    /// Forgets all scrapes; from now on each endpoint has so many more series.
    pub fn reset(&self, series: usize) {
        self.series.store(series, Ordering::SeqCst);
        self.scrapes.lock().unwrap().clear();
    }

    /// How many scrapes of each URL there were, by the address that they came from.
    pub fn scrapes(&self) -> BTreeMap<Url, BTreeMap<String, usize>> {
        self.scrapes.lock().unwrap().clone()
    }

    fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (own, from) = (stream.local_addr()?, stream.peer_addr()?.ip().to_string());
        http::each(stream, |stream, request| {
            let mut scrapes = self.scrapes.lock().unwrap();
            let by = scrapes.entry(format!("http://{own}{}", request.target)).or_default();
            *by.entry(from.clone()).or_default() += 1;
            let number: usize = by.values().sum();
            drop(scrapes);
            let mut body = format!("# TYPE test_scrapes_total counter\ntest_scrapes_total {number}\n");
            for n in 0..self.series.load(Ordering::SeqCst) {
                let labels = format!("number=\"{n}\",handler=\"/api/v1/orders\",method=\"GET\"");
                let _ = writeln!(body, "test_series{{{labels}}} {number}");
            }
            http::answer(stream, "200 OK", "text/plain", &body)
        })
    }
}
