//! Valid stacks, made by chance from a seed: every setting, every kind of job, up to three profiles,
//! constants, functions, loops, choices, imports and schemas of a team's own.
//!
//! The same seed gives the same project, so two compilers can be held against each other.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A project of one stack.
pub struct Project {
    /// The stack's file, `stacks/generated.vms`.
    pub stack: String,
    /// The other files by their path: what is imported, the umbrella, the compose file.
    pub files: BTreeMap<&'static str, String>,
    /// The settings that the stack or a profile gives, dotted; a job's name is `NAME`.
    #[allow(dead_code)]
    pub given: Vec<String>,
}

/// A small generator of random numbers (splitmix64), so that the stacks stay the same wherever they are made.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// True once in `n` times.
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Settings that fit any stack, with values to choose from.
const SETTINGS: &[(&str, &[&str])] = &[
    ("enabled", &["true", "false"]),
    ("retention", &["1d", "7d", "30d", "1y", "36h", "10y", "12 * 7d"]),
    ("persistence.size", &["1Mi", "2Gi", "10Gi", "1.5Ti", "100G", "5 * 2Gi"]),
    ("persistence.storageClass", &["\"fast\"", "\"standard\"", "\"\""]),
    (
        "persistence.accessModes",
        &["[\"ReadWriteOnce\"]", "[\"ReadWriteOncePod\"]", "[\"ReadWriteMany\", \"ReadWriteOnce\"]"],
    ),
    ("persistence.mountPath", &["\"/storage\"", "\"/var/lib/vm\""]),
    ("persistence.annotations", &["{ team = \"a\" }", "{ \"helm.sh/x\" = \"yes\", \"b.c\" = \"0\" }"]),
    ("server.image.registry", &["\"registry.example.com:5000\"", "\"r\""]),
    ("server.image.repository", &["\"victoriametrics/victoria-metrics\"", "\"mirror/vm\""]),
    ("server.image.tag", &["\"v1.106.1\"", "\"\\(stack.version)\"", "\"v1.107.0-x\""]),
    ("server.image.pullPolicy", &["\"Always\"", "\"IfNotPresent\"", "\"Never\""]),
    ("server.maxUniqueTimeseries", &["1000", "300000"]),
    (
        "server.extraArgs",
        &[
            "{ \"search.maxQueryLen\" = 32Ki }",
            "{ \"loggerFormat\" = \"json\", \"search.maxConcurrentRequests\" = 4 }",
            "{ \"dedup.minScrapeInterval\" = 1s }",
        ],
    ),
    (
        "server.extraEnv",
        &[
            "[{ name = \"A\", value = \"b\" }]",
            "[{ name = \"A\", value = \"$x: 'y'\" }, { name = \"B\" }]",
            "[{ name = \"S\", valueFrom { secretKeyRef { name = \"s\", key = \"k\" } } }]",
        ],
    ),
    ("server.podAnnotations", &["{ a = \"b\" }", "{ \"x.y/z\" = \"1\" }"]),
    ("server.podLabels", &["{ team = \"core\" }"]),
    ("server.nodeSelector", &["{ disk = \"ssd\" }"]),
    ("server.tolerations", &["[{ key = \"a\", operator = \"Exists\" }]", "[]"]),
    (
        "server.affinity",
        &[
            "{ nodeAffinity { requiredDuringSchedulingIgnoredDuringExecution { nodeSelectorTerms = [{ matchExpressions = [{ key = \"k\", operator = \"Exists\" }] }] } } }",
        ],
    ),
    (
        "server.topologySpreadConstraints",
        &["[{ maxSkew = 1, topologyKey = \"zone\", whenUnsatisfiable = \"ScheduleAnyway\" }]"],
    ),
    ("server.priorityClassName", &["\"high\""]),
    ("server.terminationGracePeriodSeconds", &["0", "60", "120"]),
    ("server.podSecurityContext", &["{ runAsNonRoot = true, runAsUser = 1000 }", "{ fsGroup = 7 }"]),
    (
        "server.securityContext",
        &[
            "{ readOnlyRootFilesystem = true }",
            "{ allowPrivilegeEscalation = false, capabilities { drop = [\"ALL\"], add = [\"CHOWN\"] } }",
        ],
    ),
    ("vmagent.image.registry", &["\"registry.example.com\""]),
    ("vmagent.image.repository", &["\"victoriametrics/vmagent\"", "\"mirror/vmagent\""]),
    ("vmagent.image.tag", &["\"v1.106.1\"", "\"custom\""]),
    ("vmagent.image.pullPolicy", &["\"Always\"", "\"Never\""]),
    ("vmagent.ephemeralStorage", &["20Gi", "remoteWrite.queueVolume + 1Gi"]),
    ("vmagent.remoteWrite.queueSize", &["513Mi", "640Mi", "1Gi"]),
    (
        "vmagent.remoteWrite.extraUrls",
        &[
            "[{ url = \"https://a.example.com/api/v1/write\" }]",
            "[{ url = \"http://b/w\", username = \"u\", passwordSecret { name = \"s\", key = \"k\" } }]",
            "[{ url = \"http://c/w\", bearerTokenSecret { name = \"t\", key = \"token\" } }, { url = \"https://d/w\" }]",
        ],
    ),
    ("vmagent.namespaces", &["[\"shop\"]", "[\"shop\", \"b-c\"]"]),
    ("vmagent.rbac.create", &["true", "false"]),
    (
        "vmagent.extraScrapeConfigs",
        &["[{ job_name = \"extra-agent\", static_configs = [{ targets = [\"%{NODE_IP}:1\"] }] }]"],
    ),
    ("vmagent.extraArgs", &["{ \"remoteWrite.queues\" = 4 }", "{ \"loggerLevel\" = \"WARN\" }"]),
    (
        "vmagent.extraEnv",
        &[
            "[{ name = \"A\", value = \"b\" }]",
            "[{ name = \"N\", valueFrom { fieldRef { fieldPath = \"spec.nodeName\" } } }]",
        ],
    ),
    ("vmagent.podAnnotations", &["{ a = \"b\" }"]),
    ("vmagent.podLabels", &["{ team = \"core\" }"]),
    ("vmagent.nodeSelector", &["{ \"kubernetes.io/os\" = \"linux\" }"]),
    ("vmagent.tolerations", &["[{ operator = \"Exists\" }]"]),
    ("vmagent.affinity", &["{ podAntiAffinity {} }"]),
    ("vmagent.priorityClassName", &["\"system-node-critical\""]),
    ("vmagent.terminationGracePeriodSeconds", &["5", "30"]),
    (
        "vmagent.updateStrategy",
        &["{ type = \"OnDelete\" }", "{ type = \"RollingUpdate\", rollingUpdate { maxUnavailable = 3 } }"],
    ),
    ("vmagent.podSecurityContext", &["{ runAsNonRoot = true }"]),
    ("vmagent.securityContext", &["{ readOnlyRootFilesystem = true }"]),
    ("scrape.interval", &["10s", "15s", "1m", "2 * 30s", "1h"]),
    ("scrape.timeout", &["5s", "10s", "9.5s"]),
    (
        "scrape.extraScrapeConfigs",
        &["[{ job_name = \"extra-server\", static_configs = [{ targets = [\"es:1\"] }] }]"],
    ),
    ("service.name", &["\"metrics-store\"", "\"tsdb\""]),
    ("service.type", &["\"ClusterIP\"", "\"NodePort\"", "\"LoadBalancer\""]),
    ("service.port", &["8428", "80", "18428"]),
    ("service.annotations", &["{ a = \"b\" }"]),
    ("serviceAccount.name", &["\"agents\""]),
    ("serviceAccount.annotations", &["{ \"eks.amazonaws.com/role-arn\" = \"arn:x\" }"]),
    ("networkPolicy.enabled", &["true", "false"]),
    ("networkPolicy.namespaces", &["[\"monitoring\"]"]),
    ("networkPolicy.from", &["[{ ipBlock { cidr = \"10.0.0.0/8\" } }]"]),
    ("imagePullSecrets", &["[{ name = \"regcred\" }]"]),
    ("nameOverride", &["\"vm\""]),
    ("fullnameOverride", &["\"whole-name\""]),
    ("compose.bind", &["\"127.0.0.1\"", "\"0.0.0.0\"", "\"[::1]\""]),
    ("compose.port", &["18428", "8428"]),
    ("compose.containerName", &["\"vm-local\""]),
    ("compose.restart", &["\"no\"", "\"always\"", "\"unless-stopped\""]),
];

/// Settings that go together, as whole entries with the settings that they give.
const GROUPS: &[(&str, &[&str])] = &[
    ("persistence.volume = \"samples\"", &["persistence.volume"]),
    ("persistence { enabled = false }", &["persistence.enabled"]),
    (
        "persistence { enabled = true, existingClaim = \"old-data\" }",
        &["persistence.enabled", "persistence.existingClaim"],
    ),
    (
        "serviceAccount { create = false, name = \"there\" }",
        &["serviceAccount.create", "serviceAccount.name"],
    ),
    ("serviceAccount.create = true", &["serviceAccount.create"]),
    (
        "server.resources { requests { cpu = 250m, memory = 512Mi }, limits { cpu = 1, memory = 1Gi } }",
        &[
            "server.resources.requests.cpu",
            "server.resources.requests.memory",
            "server.resources.limits.cpu",
            "server.resources.limits.memory",
        ],
    ),
    ("server.resources.limits.memory = 2Gi", &["server.resources.limits.memory"]),
    (
        "server.resources { requests { cpu = 50m }, limits { cpu = absent, memory = 768Mi } }",
        &["server.resources.requests.cpu", "server.resources.limits.cpu", "server.resources.limits.memory"],
    ),
    (
        "vmagent.resources { requests { cpu = 10m, memory = 32Mi }, limits { cpu = 300m, memory = 256Mi } }",
        &[
            "vmagent.resources.requests.cpu",
            "vmagent.resources.requests.memory",
            "vmagent.resources.limits.cpu",
            "vmagent.resources.limits.memory",
        ],
    ),
    (
        "vmagent.remoteWrite { queueSize = 1Gi, queueVolume = 8Gi }",
        &["vmagent.remoteWrite.queueSize", "vmagent.remoteWrite.queueVolume"],
    ),
    (
        "server.image.digest = \"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
        &["server.image.digest"],
    ),
    (
        "vmagent.image.digest = \"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
        &["vmagent.image.digest"],
    ),
    ("vmagent.enabled = false", &["vmagent.enabled"]),
    ("vmagent.enabled = true", &["vmagent.enabled"]),
];

/// Settings of the stack itself, which no profile may change.
const BASE: &[(&str, &str)] = &[
    ("compose.agent", "true"),
    ("compose.agent", "false"),
    ("compose.network", "\"app-net\""),
    ("chart.version", "1.2.3"),
];

/// Fields that any job may have.
const JOB_FIELDS: &[(&str, &[&str])] = &[
    ("enabled", &["true", "false"]),
    ("interval", &["20s", "30s", "5m", "scrape-slow"]),
    ("timeout", &["1s", "3s"]),
    ("path", &["\"/metrics\"", "\"/actuator/prometheus\"", "\"/a b?c=d\""]),
    ("honorLabels", &["true", "false"]),
    ("honorTimestamps", &["true", "false"]),
    ("sampleLimit", &["10_000"]),
    ("seriesLimit", &["5000"]),
    ("proxyUrl", &["\"http://proxy:3128\""]),
    (
        "metricRelabel",
        &[
            "[{ sourceLabels = [\"__name__\"], regex = \"go_.*\", action = \"drop\" }]",
            "[{ action = \"labeldrop\", regex = \"pod_uid\" }]",
            "[{ sourceLabels = [\"path\", \"code\"], separator = \"-\", modulus = 3, targetLabel = \"part\", action = \"hashmod\" }, { sourceLabels = [\"path\"], regex = \"/(.*)\", replacement = \"$1\", targetLabel = \"path\" }]",
        ],
    ),
];

/// Fields of jobs that scrape addresses or a service.
const TARGET_FIELDS: &[(&str, &[&str])] = &[
    ("scheme", &["\"http\"", "\"https\""]),
    ("params", &["{ module = [\"http_2xx\"] }", "{ a = [\"1\", \"2\"], \"b[]\" = [\"x\"] }"]),
    ("on", &["[\"compose\", \"kubernetes\"]", "[\"kubernetes\"]", "[\"compose\"]"]),
    (
        "relabel",
        &[
            "[{ sourceLabels = [\"__address__\"], targetLabel = \"host\", regex = \"([^:]+):.*\", replacement = \"$1\" }]",
            "[{ sourceLabels = [\"__address__\"], modulus = 2, targetLabel = \"shard\", action = \"hashmod\" }, { sourceLabels = [\"a\", \"b\"], separator = \"/\", targetLabel = \"ab\" }]",
        ],
    ),
];

const PROBES: &[&str] = &["livenessProbe", "readinessProbe", "startupProbe"];
const PROBE_FIELDS: &[(&str, &[&str])] = &[
    ("initialDelaySeconds", &["0", "5"]),
    ("periodSeconds", &["1", "15"]),
    ("timeoutSeconds", &["2", "9"]),
    ("failureThreshold", &["1", "30"]),
];

/// The project of a seed.
pub fn project(seed: u64) -> Project {
    let mut maker = Maker { random: Random(seed), given: Vec::new(), imports: false };
    maker.project()
}

/// Remembers a setting; whether it was not given before.
fn fresh(name: &str, given: &mut Vec<String>) -> bool {
    let taken = given.iter().any(|known| known == name);
    if !taken {
        given.push(name.to_owned());
    }
    !taken
}

struct Maker {
    random: Random,
    given: Vec<String>,
    imports: bool,
}

impl Maker {
    #[expect(clippy::too_many_lines, reason = "one line per setting")]
    fn project(&mut self) -> Project {
        let mut files = BTreeMap::new();
        let umbrella = self.random.one_in(2);
        if umbrella {
            files.insert(
                "charts/product/Chart.yaml",
                "apiVersion: v2\nname: product\nversion: 0.1.0\n".to_owned(),
            );
            files.insert("charts/product/values.yaml", "# The product.\nother:\n  a: 1\n".to_owned());
        }
        let compose_file = *self.random.pick(&["docker/docker-compose.yml", "compose.yaml"]);
        if self.random.one_in(2) {
            files.insert(compose_file, "services:\n  web:\n    image: web:1\n".to_owned());
        }
        self.imports = self.random.one_in(3);
        let team = self.random.one_in(4);
        let mut text = String::new();
        if self.imports {
            text.push_str("import \"lib.vms\" as lib\nimport \"hosts.yaml\" as hosts: [Endpoint]\nimport \"teams.json\" as teams\n\n");
            files.insert("stacks/lib.vms", "## Slow scrapes.\nlet slow: Duration = 45s\nlet port = 9100\nfn address(host: String, at: Int = port): Endpoint = \"\\(host):\\(at)\"\ntype Team = String where len(it) > 1, \"a team has a name\"\n".to_owned());
            files.insert("stacks/hosts.yaml", "- h1:9100\n- h2:9100\n".to_owned());
            files.insert(
                "stacks/teams.json",
                "[{\"name\": \"red\", \"port\": 9001}, {\"name\": \"blue\", \"port\": 9002}]\n".to_owned(),
            );
        }
        text.push_str("let slow = 50s\nlet wide = len(everywhere) > 1 && slow < 1h\nlet everywhere = { team = \"core\", cost = \"\\(1 + 1)\" }\nfn target(n: Int): Endpoint = \"node-\\(n):9100\"\n\n");
        if team {
            text.push_str("## Our stacks.\nschema Ours extends Stack {\n  ## How long at least.\n  atLeast: Duration = 1d\n  retention: Retention = 14d\n  check [ours-long] retention >= atLeast, \"kept for less than \\(atLeast)\" { label retention \"\\(retention)\" }\n  if persistence.enabled { check persistence.size >= 1Mi, \"too small\" }\n  for name, j in scrape.job { warn [ours-fast] j.interval >= 1s, \"`\\(name)` is fast\" }\n}\n\n");
        }
        let name = self.random.pick(&["generated", "vm1"]);
        let _ = writeln!(text, "stack {name}{} {{", if team { ": Ours" } else { "" });
        let _ = writeln!(text, "  version = {}", self.random.pick(&["v1.106.1", "v1.112.0", "v1.79.5"]));
        self.given.push("version".into());
        if umbrella {
            text.push_str("  chart.parent = \"charts/product\"\n");
            self.given.push("chart.parent".into());
        }
        let _ = writeln!(text, "  compose.file = \"{compose_file}\"");
        self.given.push("compose.file".into());
        for (name, value) in BASE {
            if self.random.one_in(8) && !self.given.iter().any(|known| known == name) {
                let _ = writeln!(text, "  {name} = {value}");
                self.given.push((*name).to_owned());
            }
        }
        if team && self.random.one_in(2) {
            text.push_str("  atLeast = 2h\n");
        }
        let density = *self.random.pick(&[4, 8, 20]);
        let mut given = Vec::new();
        self.settings(&mut text, density, &mut given);
        self.jobs(&mut text);
        text.push_str("}\n");
        let profiles = self.random.below(4);
        for (at, name) in ["dev", "prod", "edge"].iter().take(profiles).enumerate() {
            let parent = if at > 0 && self.random.one_in(2) { " extends dev" } else { "" };
            let _ = writeln!(text, "\nprofile {name}{parent} {{");
            let density = *self.random.pick(&[10, 30]);
            let mut given = Vec::new();
            self.settings(&mut text, density, &mut given);
            if self.random.one_in(3) {
                let _ = writeln!(text, "  scrape.job \"only-{name}\" {{ targets = [\"{name}:1\"] }}");
            }
            text.push_str("}\n");
        }
        if self.random.one_in(3) {
            text.push_str("\ntest \"a version\" {\n  check stack.scrape.timeout <= stack.scrape.interval\n  rejects { retention = 1h }\n}\n");
        }
        let mut given = std::mem::take(&mut self.given);
        given.sort();
        given.dedup();
        Project { stack: text, files, given }
    }

    /// About one in `density` of the settings; no setting twice, nor two that do not go together.
    #[expect(clippy::too_many_lines, reason = "one line per setting")]
    fn settings(&mut self, text: &mut String, density: usize, given: &mut Vec<String>) {
        for (entry, names) in GROUPS {
            if !self.random.one_in(2 * density)
                || names.iter().any(|name| given.iter().any(|known| known == name))
            {
                continue;
            }
            names.iter().for_each(|name| given.push((*name).to_owned()));
            let _ = writeln!(text, "  {entry}");
        }
        for (name, values) in SETTINGS {
            if !self.random.one_in(density) || !fresh(name, given) {
                continue;
            }
            let value = *self.random.pick(values);
            let queues = given.iter().any(|known| known.starts_with("vmagent.remoteWrite.queue"));
            if *name == "vmagent.ephemeralStorage" && value.contains("remoteWrite") {
                let _ = writeln!(
                    text,
                    "  vmagent.ephemeralStorage = stack.vmagent.remoteWrite.queueVolume + 1Gi"
                );
            } else if *name == "vmagent.remoteWrite.extraUrls" && queues {
                given.pop();
                continue;
            } else if *name == "scrape.timeout" && given.iter().any(|known| known == "scrape.interval") {
                let _ = writeln!(text, "  scrape.timeout = min({value}, stack.scrape.interval)");
            } else if *name == "server.podLabels" && self.random.one_in(3) {
                text.push_str("  server.podLabels = everywhere\n");
            } else if self.random.one_in(6) && name.matches('.').count() == 1 {
                let (block, field) = name.split_once('.').unwrap_or(("", name));
                let _ = writeln!(text, "  {block} {{\n    {field} = {value}\n  }}");
            } else if self.random.one_in(12) {
                let _ = writeln!(text, "  if wide {{ {name} = {value} }} else {{ {name} = {value} }}");
            } else {
                let _ = writeln!(text, "  {name} = {value}");
            }
        }
        for program in ["server", "vmagent"] {
            for probe in PROBES {
                for (field, values) in PROBE_FIELDS {
                    let name = format!("{program}.{probe}.{field}");
                    if self.random.one_in(density) && fresh(&name, given) {
                        let value = self.random.pick(values);
                        let _ = writeln!(text, "  {name} = {value}");
                    }
                }
            }
        }
        self.given.extend(given.iter().cloned());
        let whole = text.clone();
        for (name, inner) in [
            ("server.extraEnv", &["name", "value", "valueFrom"][..]),
            ("vmagent.extraEnv", &["name", "value", "valueFrom"]),
            ("vmagent.remoteWrite.extraUrls", &["url", "username", "passwordSecret", "bearerTokenSecret"]),
        ] {
            if given.iter().any(|known| known == name) {
                let line = whole
                    .lines()
                    .rev()
                    .find(|line| line.contains(name.rsplit('.').next().unwrap_or(name)))
                    .unwrap_or_default();
                let used = inner.iter().filter(|field| line.contains(&format!("{field} ")));
                self.given.extend(used.map(|field| format!("{name}.{field}")));
                for secret in
                    ["passwordSecret", "bearerTokenSecret"].iter().filter(|secret| line.contains(**secret))
                {
                    self.given.extend(["name", "key"].map(|field| format!("{name}.{secret}.{field}")));
                }
            }
        }
    }

    fn jobs(&mut self, text: &mut String) {
        let slow = if self.imports { "lib.slow" } else { "slow" };
        if self.random.one_in(3) {
            return;
        }
        text.push_str("  scrape {\n");
        self.given.push("scrape.job".into());
        if self.random.one_in(2) {
            let mut body = String::from("discover = \"pods\"");
            self.given.push("scrape.job.NAME.discover".into());
            self.fields(&mut body, JOB_FIELDS, slow);
            let _ = writeln!(text, "    job \"kubernetes-pods\" {{ {body} }}");
        }
        for n in 0..self.random.below(3) {
            let mut body = format!("service = \"svc-{n}:80{n}0\"");
            self.given.push("scrape.job.NAME.service".into());
            if self.random.one_in(3) {
                body.push_str(", selector { app = \"x\", \"a.b/c\" = \"y\" }");
                self.given.push("scrape.job.NAME.selector".into());
            }
            if self.random.one_in(3) {
                body.push_str(", namespaces = [\"shop\"]");
                self.given.push("scrape.job.NAME.namespaces".into());
            }
            self.fields(&mut body, JOB_FIELDS, slow);
            self.fields(&mut body, TARGET_FIELDS, slow);
            let _ = writeln!(text, "    job \"svc-{n}\" {{ {body} }}");
        }
        for n in 0..self.random.below(3) {
            let mut body = format!("targets = [\"t{n}:9100\", \"10.0.0.{n}:1\"]");
            self.given.push("scrape.job.NAME.targets".into());
            self.fields(&mut body, JOB_FIELDS, slow);
            self.fields(&mut body, TARGET_FIELDS, slow);
            let _ = writeln!(text, "    job \"t-{n}\" {{\n      {body}\n    }}");
        }
        match self.random.below(5) {
            0 => text.push_str("    for n in range(2) {\n      job \"node-\\(n)\" { targets = [target(n)] }\n    }\n"),
            1 => text.push_str("    for k, v in { a = 1, b = 2 } { job (k) { targets = [\"\\(k):910\\(v)\"], interval = if v == 1 { 1m } else { 2m } } }\n"),
            2 => text.push_str("    if stack.persistence.enabled { job \"cond\" { targets = [for x in [\"p\", \"q\"] if x != \"q\": \"\\(x):1\"] } }\n"),
            3 if self.imports => text.push_str("    job \"hosts\" { targets = hosts }\n    for t in teams { job \"team-\\(t.name)\" { targets = [lib.address(t.name, t.port)] } }\n"),
            _ => {}
        }
        text.push_str("  }\n");
    }

    fn fields(&mut self, body: &mut String, fields: &[(&str, &[&str])], slow: &str) {
        for (name, values) in fields {
            if !self.random.one_in(4) {
                continue;
            }
            let value = *self.random.pick(values);
            let value = if value == "scrape-slow" { slow } else { value };
            let _ = write!(body, ", {name} = {value}");
            self.given.push(format!("scrape.job.NAME.{name}"));
            if let "relabel" | "metricRelabel" = *name {
                let inner =
                    ["sourceLabels", "separator", "regex", "targetLabel", "replacement", "modulus", "action"];
                let used = inner.iter().filter(|field| value.contains(&format!("{field} =")));
                self.given.extend(used.map(|field| format!("scrape.job.NAME.{name}.{field}")));
            }
        }
    }
}
