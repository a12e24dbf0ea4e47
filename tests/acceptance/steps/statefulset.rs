//! US-1: the database.

use crate::cluster::wait;
use crate::common::http;
use crate::evidence::proves;
use crate::world::Story;
use cucumber::{given, then, when};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// One sample of `story_test`, in the remote write protocol: a protobuf `WriteRequest`, compressed by
/// Snappy (Prometheus Remote-Write 1.0 specification).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers of a test are small"
)]
pub fn remote_write(value: f64) -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8], bytes].concat();
    let label = [field(1, b"__name__"), field(2, b"story_test")].concat();
    let mut sample = vec![1 << 3 | 1];
    sample.extend(value.to_le_bytes());
    sample.push(2 << 3);
    let mut time = now() as u64;
    while time > 0x7f {
        sample.push(time as u8 | 0x80);
        time >>= 7;
    }
    sample.push(time as u8);
    let series = [field(1, &label), field(2, &sample)].concat();
    snap::raw::Encoder::new().compress_vec(&field(1, &series)).unwrap()
}

pub const REMOTE_WRITE: &str = "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n";

#[given("the Helm chart is installed")]
fn installed(story: &mut Story) {
    story.install();
}

#[when("I check the StatefulSet status")]
fn status(story: &mut Story) {
    story.rendered.as_ref().unwrap().component("StatefulSet", "server");
    let server = story.cluster().server();
    wait("the server is Ready", 60, || if server.is_ready() { Ok(()) } else { Err(server.trouble()) });
}

#[then("the pod should be Running and Ready")]
fn running(story: &mut Story) {
    let server = story.cluster().server();
    assert!(server.is_ready());
    assert_eq!(server.restarts(), 0, "it was never restarted");
}

#[then("the health endpoint /health should return 200")]
fn health(story: &mut Story) {
    let server = story.cluster().server();
    assert_eq!(http::get(&format!("{}:8428", server.address), "/health").unwrap(), "OK");
}

#[then("it should have become Ready within 60 seconds")]
fn in_time(story: &mut Story) {
    let took = story.cluster().server().ready_after().unwrap();
    assert!(took < Duration::from_secs(60), "it took {took:?}");
    proves("1.3", "the rendered pod in a real container, under its own probes");
}

#[then("there should be 1 replica with a claim of 10Gi")]
fn one(story: &mut Story) {
    let rendered = story.rendered.as_ref().unwrap();
    assert_eq!(rendered.component("StatefulSet", "server")["spec"]["replicas"], 1);
    assert_eq!(
        rendered.component("PersistentVolumeClaim", "server")["spec"]["resources"]["requests"]["storage"],
        "10Gi"
    );
    proves("1.1", "the StatefulSet, as Helm 3 and 4 render it");
    proves("1.2", "the claim, as Helm 3 and 4 render it");
}

#[given("VictoriaMetrics is running")]
#[given("VictoriaMetrics is deployed")]
fn deployed(story: &mut Story) {
    story.running();
}

#[given("I write a test metric via remote write")]
fn write(story: &mut Story) {
    http::post(&story.cluster().store(), "/api/v1/write", REMOTE_WRITE, &remote_write(42.5)).unwrap();
    wait("the metric can be queried", 30, || {
        let found = story.cluster().ask("/api/v1/export?match[]=story_test")?;
        if found.contains("42.5") { Ok(()) } else { Err(format!("found {found:?}")) }
    });
}

#[when("I delete and recreate the pod")]
fn recreate(story: &mut Story) {
    let cluster = story.cluster.as_mut().unwrap();
    let name = cluster.server().name.clone();
    cluster.recreate(&name);
    cluster.ready();
}

#[then("the test metric should still be queryable")]
fn still(story: &mut Story) {
    let found = story.cluster().ask("/api/v1/export?match[]=story_test").unwrap();
    assert!(found.contains("42.5"), "found {found:?}");
    proves(
        "1.4",
        "a sample written by remote write, the pod deleted and made again on the same claim, the sample queried",
    );
    proves("D.4", "remote write and a query through `metrics-store:8428`");
}

#[given(expr = "retention is set to {string}")]
fn retention(story: &mut Story, value: String) {
    story.values.push(format!("victoriametrics.retention={value}"));
}

#[when("I install the chart with custom values")]
fn custom(story: &mut Story) {
    story.running();
}

#[then("VictoriaMetrics should start with -retentionPeriod=7d")]
fn started_with(story: &mut Story) {
    let flags = story.cluster().ask("/flags").unwrap();
    let flag = flags.lines().find(|line| line.starts_with("-retentionPeriod"));
    assert_eq!(flag, Some("-retentionPeriod=\"7d\""), "{flags}");
}

#[then("a sample of 6 days ago should be found and one of 9 days ago not")]
fn old_samples(story: &mut Story) {
    let day = 24 * 3600 * 1000;
    let lines = format!(
        "story_age{{days=\"6\"}} 1 {}\nstory_age{{days=\"9\"}} 1 {}\n",
        now() - 6 * day,
        now() - 9 * day
    );
    http::post(&story.cluster().store(), "/api/v1/import/prometheus", "", lines.as_bytes()).unwrap();
    let query =
        format!("/api/v1/export?match[]=story_age&start={}&end={}", (now() - 30 * day) / 1000, now() / 1000);
    let found = wait("the younger sample can be queried", 30, || {
        let found = story.cluster().ask(&query)?;
        if found.contains("\"days\":\"6\"") { Ok(found) } else { Err(format!("found {found:?}")) }
    });
    assert!(!found.contains("\"days\":\"9\""), "{found}");
    proves(
        "1.5",
        "the flag as the running server tells it, and samples of 6 and 9 days ago with `retention=7d`",
    );
}
