//! US-4: the Compose service.

use super::statefulset::{REMOTE_WRITE, remote_write};
use crate::cluster::{docker, wait};
use crate::common::{http, must, tool};
use crate::evidence::{proves, uses};
use crate::world::{OLD_COMPOSE, Story, images};
use cucumber::{given, then, when};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A Compose project that is taken down, with its volumes, when the scenario ends.
pub struct Up {
    folder: PathBuf,
    /// Compose 1, a program of its own, rather than the client's plugin.
    old: bool,
}

impl Up {
    fn of(story: &mut Story) -> Up {
        images();
        ["Docker Engine", "VictoriaMetrics and vmagent"].into_iter().for_each(uses);
        Up { folder: story.project().join("docker"), old: false }
    }

    fn compose(&self, arguments: &[&str]) -> Command {
        let mut command = match self.old {
            true => Command::new(tool(&format!("bin/docker-compose-{OLD_COMPOSE}"))),
            false => docker::docker(&["compose"]),
        };
        command.current_dir(&self.folder).args(["-f", "docker-compose.yml"]).args(arguments);
        command
    }

    fn config(&self) -> Value {
        serde_json::from_str(&must(&mut self.compose(&["config", "--format", "json"]))).unwrap()
    }

    fn inspect(&self) -> Value {
        let id = must(&mut self.compose(&["ps", "--quiet", "victoriametrics"]));
        let inspected: Value =
            serde_json::from_str(&must(&mut docker::docker(&["inspect", id.trim()]))).unwrap();
        inspected[0].clone()
    }

    fn becomes(&self, health: &str, seconds: u64) {
        wait(&format!("the container is {health}"), seconds, || {
            let state = &self.inspect()["State"];
            if state["Health"]["Status"] == *health { Ok(()) } else { Err(state.to_string()) }
        });
    }

    fn up(&self) {
        must(&mut self.compose(&["up", "--detach"]));
        self.becomes("healthy", 60);
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.compose(&["down", "--volumes", "--timeout", "1"]).output();
    }
}

/// What the server answers on the host.
fn host(path: &str) -> Result<String, String> {
    http::get("localhost:8428", path)
}

#[given("docker-compose.yml includes victoriametrics")]
fn includes(story: &mut Story) {
    let up = Up::of(story);
    uses("Docker Compose");
    assert!(up.config()["services"]["victoriametrics"].is_object());
    proves("4.1", "`docker compose config` of `docker/docker-compose.yml`");
    story.compose = Some(up);
}

#[given("docker-compose 1.29 is what there is")]
fn old(story: &mut Story) {
    let mut up = Up::of(story);
    up.old = true;
    uses("Docker Compose 1");
    story.compose = Some(up);
}

#[when("I run docker-compose up victoriametrics")]
fn up(story: &mut Story) {
    must(&mut story.compose.as_ref().unwrap().compose(&["up", "--detach", "victoriametrics"]));
}

#[then("the container should reach healthy state")]
fn healthy(story: &mut Story) {
    story.compose.as_ref().unwrap().becomes("healthy", 60);
    proves("D.3", "`docker compose up victoriametrics`, until the container is healthy");
}

#[then("http://localhost:8428/health should return 200")]
fn health(story: &mut Story) {
    assert_eq!(host("/health").as_deref(), Ok("OK"));
    let ports = story.compose.as_ref().unwrap().inspect()["HostConfig"]["PortBindings"]["8428/tcp"].clone();
    assert_eq!(ports[0]["HostIp"], "127.0.0.1", "for this machine only");
    proves(
        "4.3",
        "`http://localhost:8428/health` from the host; the port is open on the loopback address only",
    );
}

#[then("the service should use the official image")]
fn official(story: &mut Story) {
    let config = story.compose.as_ref().unwrap().config();
    let image = config["services"]["victoriametrics"]["image"].as_str().unwrap();
    assert_eq!(image.split(':').next(), Some("victoriametrics/victoria-metrics"));
    proves("4.2", "the image's name, as `docker compose config` tells it");
}

#[then("the health check should fail when the server is stopped")]
fn unhealthy(story: &mut Story) {
    let up = story.compose.as_ref().unwrap();
    let id = up.inspect()["Id"].as_str().unwrap().to_owned();
    must(&mut docker::docker(&["kill", "--signal", "STOP", &id]));
    up.becomes("unhealthy", 90);
    must(&mut docker::docker(&["kill", "--signal", "CONT", &id]));
    up.becomes("healthy", 60);
    proves("4.5", "healthy while it answers, unhealthy while its process is stopped, healthy again");
}

#[given("victoriametrics has been running")]
#[given("victoriametrics is running")]
fn running(story: &mut Story) {
    let up = Up::of(story);
    uses("Docker Compose");
    up.up();
    story.compose = Some(up);
}

#[given("I wrote a test metric")]
fn wrote(_: &mut Story) {
    http::post("localhost:8428", "/api/v1/write", REMOTE_WRITE, &remote_write(17.25)).unwrap();
    wait("the metric can be queried", 30, || {
        let found = host("/api/v1/export?match[]=story_test")?;
        if found.contains("17.25") { Ok(()) } else { Err(format!("found {found:?}")) }
    });
}

#[when("I run docker-compose down && docker-compose up")]
fn down_and_up(story: &mut Story) {
    let up = story.compose.as_ref().unwrap();
    must(&mut up.compose(&["down"]));
    up.up();
}

#[then("the test metric should still exist")]
fn still(_: &mut Story) {
    let found = host("/api/v1/export?match[]=story_test").unwrap();
    assert!(found.contains("17.25"), "found {found:?}");
    proves("4.4", "a sample written by remote write, `down` and `up`, the sample queried");
    proves("D.4", "remote write and a query through `localhost:8428`");
}

#[when("I exec into orchestrator container")]
fn exec(story: &mut Story) {
    must(&mut story.compose.as_ref().unwrap().compose(&["exec", "-T", "orchestrator", "id"]));
}

#[then("I can curl http://victoriametrics:8428/health")]
fn curl(story: &mut Story) {
    let wget = ["exec", "-T", "orchestrator", "wget", "-q", "-O", "-", "http://victoriametrics:8428/health"];
    assert_eq!(must(&mut story.compose.as_ref().unwrap().compose(&wget)), "OK");
    proves("4.6", "`http://victoriametrics:8428/health` from the orchestrator's container");
}

#[then("the service should be on asdlc-network")]
fn network(story: &mut Story) {
    let networks = story.compose.as_ref().unwrap().inspect()["NetworkSettings"]["Networks"].clone();
    let names: Vec<&String> = networks.as_object().unwrap().keys().collect();
    assert!(names.len() == 1 && names[0].ends_with("_asdlc-network"), "{names:?}");
}
