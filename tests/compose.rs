//! The Compose service by real Docker Engines, the oldest and the newest, and Compose 2 and 5, with a real
//! VictoriaMetrics in it.
//!
//! Each test starts itself again inside `tests/tools/in-docker.sh`, which has an engine, a network and
//! mounts of its own. No registry of images is reachable where tests run: the image that the stack
//! names is made of the real program and busybox (`tests/tools/image.sh`).

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, compose_plugin, engine, in_docker, in_newest_docker, must, releases, repository};
use std::process::Command;

fn image(name: &str, binaries: &[&std::path::Path]) {
    must(Command::new(repository().join("tests/tools/image.sh")).arg(name).args(binaries));
}

fn compose(project: &Project, files: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.current_dir(project.path().join("docker")).arg("compose");
    for file in files {
        command.args(["-f", file]);
    }
    command
}

fn curl(path: &str) -> String {
    must(
        Command::new("docker")
            .args(["run", "--rm", "--network", "host", "busybox:1.36", "wget", "-q", "-O", "-"])
            .arg(format!("http://127.0.0.1:8428{path}")),
    )
}

const BASE: &[&str] = &["docker-compose.yml"];

/// The image of a release, under the tag that it has; the version that a stack says.
fn server(release: &str) {
    let (_, folder) = releases().into_iter().find(|(version, _)| version == release).unwrap();
    image(&format!("victoriametrics/victoria-metrics:v{release}"), &[&folder.join("victoria-metrics")]);
}

/// The example with a release, up, stopped and up again.
fn reaches_healthy_and_keeps_its_data(release: &str, plugin: &str) {
    image("busybox:1.36", &[]);
    compose_plugin(plugin);
    server(release);
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms").replace("v1.106.1", &format!("v{release}"));
    project.write("stacks/victoriametrics.vms", &stack);
    project.build(&[]);
    must(compose(&project, BASE).args(["up", "--wait", "--wait-timeout", "120"]));
    assert_eq!(curl("/health"), "OK");

    let inspected = must(Command::new("docker").args(["inspect", "docker-victoriametrics-1"]));
    let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    let host = &inspected[0]["HostConfig"];
    assert_eq!(host["ReadonlyRootfs"], true);
    assert_eq!(host["CapDrop"][0], "ALL");
    assert_eq!(host["Memory"], 512 << 20);
    assert_eq!(host["PortBindings"]["8428/tcp"][0]["HostIp"], "127.0.0.1");
    assert_eq!(inspected[0]["State"]["Health"]["Status"], "healthy");

    // From another container, by the service's name and by the Service's.
    for name in ["victoriametrics", "metrics-store"] {
        let url = format!("http://{name}:8428/health");
        let said =
            must(compose(&project, BASE).args(["exec", "-T", "orchestrator", "wget", "-q", "-O", "-", &url]));
        assert_eq!(said, "OK");
    }
    let write = "printf 'written 42\\n' > /tmp/w; wget -q -O - --post-file=/tmp/w http://victoriametrics:8428/api/v1/import/prometheus";
    must(compose(&project, BASE).args(["exec", "-T", "orchestrator", "sh", "-c", write]));
    // A stop writes what is in memory.
    must(compose(&project, BASE).arg("down"));
    must(compose(&project, BASE).args(["up", "--wait", "--wait-timeout", "120"]));
    assert!(curl("/api/v1/export?match[]=written").contains("42"));

    // The orchestrator's metrics arrive by scraping, every 15 seconds.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while !curl("/api/v1/export?match[]=orchestrator_tasks_total").contains("\"service\":\"orchestrator\"") {
        assert!(std::time::Instant::now() < deadline, "nothing was scraped in two minutes");
    }
    must(compose(&project, BASE).args(["down", "-v"]));
}

#[test]
fn the_example_reaches_healthy_and_keeps_its_data() {
    in_docker("the_example_reaches_healthy_and_keeps_its_data", || {
        for (release, plugin) in [("1.79.5", "2.26.1"), ("1.106.1", "2.40.3"), ("1.136.23", "2.40.3")] {
            reaches_healthy_and_keeps_its_data(release, plugin);
        }
    });
}

#[test]
fn the_example_does_so_on_the_newest_engine() {
    in_newest_docker("the_example_does_so_on_the_newest_engine", || {
        let version = must(Command::new("docker").args(["version", "--format", "{{.Server.Version}}"]));
        assert!(version.split('.').next().unwrap().parse::<u32>().unwrap() >= 28, "{version}");
        for (release, plugin) in [("1.106.1", "2.40.3"), ("1.151.0", "5.6.0")] {
            reaches_healthy_and_keeps_its_data(release, plugin);
        }
    });
}

#[test]
fn a_profile_is_an_override_file() {
    in_docker("a_profile_is_an_override_file", || {
        compose_plugin("2.40.3");
        let project = Project::example();
        let files = ["docker-compose.yml", "docker-compose.minikube.yml"];
        let config = must(compose(&project, &files).args(["config", "--format", "json"]));
        let config: serde_json::Value = serde_json::from_str(&config).unwrap();
        let service = &config["services"]["victoriametrics"];
        assert!(service["command"].to_string().contains("-retentionPeriod=7d"), "{service}");
        assert_eq!(service["command"].as_array().unwrap().len(), 6);
        assert_eq!(service["ports"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn an_agent_of_its_own_is_a_service_beside() {
    in_docker("an_agent_of_its_own_is_a_service_beside", || {
        compose_plugin("2.40.3");
        let (release, newest) = releases().pop().unwrap();
        image("busybox:1.36", &[]);
        server(&release);
        image(&format!("victoriametrics/vmagent:v{release}"), &[&newest.join("vmagent")]);
        let project = Project::example();
        let stack = project
            .read("stacks/victoriametrics.vms")
            .replace("v1.106.1", &format!("v{release}"))
            .replace("port = 8428", "port = 80")
            .replace(
                "network = \"asdlc-network\" }",
                "network = \"asdlc-network\", port = 8428, agent = true }",
            );
        project.write("stacks/victoriametrics.vms", &stack);
        project.build(&[]);
        must(compose(&project, BASE).args(["up", "--wait", "--wait-timeout", "120"]));
        // By the Service's name and port, as in a cluster.
        let url = "http://metrics-store:80/health";
        let asked = ["exec", "-T", "orchestrator", "wget", "-q", "-O", "-", url];
        assert_eq!(must(compose(&project, BASE).args(asked)), "OK");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
        for metric in ["orchestrator_tasks_total", "vmagent_remotewrite_requests_total"] {
            while !curl(&format!("/api/v1/export?match[]={metric}")).contains("\"service\"") {
                assert!(std::time::Instant::now() < deadline, "no {metric} in two minutes");
            }
        }
        must(compose(&project, BASE).args(["down", "-v"]));
    });
}

/// Whatever the tests start in an engine, and the engine itself, ends with it, also half-way.
#[test]
fn an_interrupted_engine_leaves_nothing() {
    use std::io::{BufRead, BufReader};
    let script = "docker network create left >&2 && echo $DOCKER_CONFIG && sleep 600";
    let mut run = engine().args(["sh", "-c", script]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(run.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let state = said.trim().trim_end_matches("/config").to_owned();
    assert!(state.starts_with('/'), "{said}");
    // Not INT, which a shell in the background does not hear.
    must(Command::new("kill").args(["-TERM", &run.id().to_string()]));
    assert!(!run.wait().unwrap().success());
    assert!(!std::path::Path::new(&state).exists(), "{state} is left");
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(&state), "{mounts}");
    let left = Command::new("pgrep").args(["--full", "--list-full", &state]).output().unwrap();
    assert!(left.stdout.is_empty(), "{}", String::from_utf8_lossy(&left.stdout));
}
