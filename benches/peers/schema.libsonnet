// The built-in schema, as far as Jsonnet can say it: the same settings with the same defaults, types and
// checks as assertions. Durations are seconds and sizes bytes, so it has no units to read.
local kinds = {
  string(x): std.isString(x),
  bool(x): std.isBoolean(x),
  int(x): std.isNumber(x) && x == std.floor(x),
  number(x): std.isNumber(x),
  port(x): self.int(x) && 1 <= x && x <= 65535,
  count(x): self.int(x) && x >= 0,
  positive(x): self.int(x) && x >= 1,
  interval(x): std.isNumber(x) && x > 0,
  retention(x): std.isNumber(x) && x >= 86400 && x <= 3153600000 && x % 3600 == 0,
  size(x): self.int(x) && x >= 1048576,
  memory(x): self.int(x) && x >= 4194304,
  label(x): std.isString(x) && std.length(x) <= 63 && std.length(x) > 0 && x[0] != '-'
            && std.foldl(function(ok, c) ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'), std.stringChars(x), true),
  path(x): std.isString(x) && std.startsWith(x, '/'),
  release(x): std.isString(x) && std.startsWith(x, 'v'),
  map(x): std.isObject(x),
  list(x): std.isArray(x),
  any(x): true,
  enum(words): function(x) std.member(words, x),
  maybe(kind): function(x) x == null || kind(x),
};
// The record with its defaults, each field of its type, no others.
local typed(fields, defaults, given) =
  local unknown = [name for name in std.objectFields(given) if !std.objectHas(fields, name)];
  assert unknown == [] : 'no field ' + unknown[0];
  local whole = defaults + given;
  local wrong = [name for name in std.objectFields(fields) if !fields[name](std.get(whole, name))];
  assert wrong == [] : wrong[0] + ' has another type';
  whole;
local all(xs) = std.foldl(function(a, b) a && b, xs, true);
local null_or(x, f) = x == null || f(x);

local image(repository, tag) = function(given={}) typed({
  registry: kinds.maybe(kinds.string), repository: kinds.string, tag: kinds.string, digest: kinds.maybe(kinds.string),
  pullPolicy: kinds.enum(['Always', 'IfNotPresent', 'Never']),
}, { registry: null, repository: repository, tag: tag, digest: null, pullPolicy: 'IfNotPresent' }, given) + {
  assert null_or(self.digest, function(d) std.startsWith(d, 'sha256:') && std.length(d) == 71) : 'no digest',
  assert !std.endsWith(self.tag, '-scratch') : 'no shell',
};
local amounts(given={}) = typed({ cpu: kinds.maybe(kinds.number), memory: kinds.maybe(kinds.memory) }, { cpu: null, memory: null }, given);
local resources(given={}) = typed({ requests: kinds.map, limits: kinds.map }, {}, {
  requests: amounts(std.get(given, 'requests', {})),
  limits: amounts(std.get(given, 'limits', {})),
}) + {
  assert self.requests.cpu == null || self.limits.cpu == null || self.requests.cpu <= self.limits.cpu : 'more CPU is requested',
  assert self.requests.memory == null || self.limits.memory == null || self.requests.memory <= self.limits.memory : 'more memory is requested',
};
local probe(defaults) = function(given={}) typed({
  initialDelaySeconds: kinds.count, periodSeconds: kinds.positive, timeoutSeconds: kinds.positive, failureThreshold: kinds.positive,
}, { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 } + defaults, given);
local env(given) = typed({ name: kinds.string, value: kinds.maybe(kinds.string), valueFrom: kinds.any }, { value: null, valueFrom: null }, given) + {
  assert self.value == null || self.valueFrom == null : 'a value or a place',
};
local workload = {
  extraArgs: kinds.map, extraEnv: kinds.list, podAnnotations: kinds.map, podLabels: kinds.map, nodeSelector: kinds.map,
  tolerations: kinds.list, affinity: kinds.map, priorityClassName: kinds.maybe(kinds.string), terminationGracePeriodSeconds: kinds.count,
  podSecurityContext: kinds.map, securityContext: kinds.map, livenessProbe: kinds.map, readinessProbe: kinds.map,
  startupProbe: kinds.map, image: kinds.map, resources: kinds.map,
};
local workloads(given, more, start) = {
  extraArgs: {}, extraEnv: [], podAnnotations: {}, podLabels: {}, nodeSelector: {}, tolerations: [], affinity: {}, priorityClassName: null,
  podSecurityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534, seccompProfile: { type: 'RuntimeDefault' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
} + more + given + {
  extraEnv: std.map(env, std.get(given, 'extraEnv', [])),
  resources: resources(std.get(given, 'resources', more.resources)),
  livenessProbe: probe({ failureThreshold: 6 })(std.get(given, 'livenessProbe', {})),
  readinessProbe: probe({ periodSeconds: 5 })(std.get(given, 'readinessProbe', {})),
  startupProbe: probe({ periodSeconds: 2, failureThreshold: start })(std.get(given, 'startupProbe', {})),
};
local server(tag) = function(given={}) typed(workload {
  maxUniqueTimeseries: kinds.positive, topologySpreadConstraints: kinds.list,
}, {}, workloads(given, {
  resources: { requests: { cpu: 0.1, memory: 268435456 }, limits: { cpu: 0.5, memory: 536870912 } },
  topologySpreadConstraints: [], terminationGracePeriodSeconds: 60,
}, 150) + {
  local limit = self.resources.limits.memory,
  maxUniqueTimeseries: std.get(given, 'maxUniqueTimeseries', std.max(1000, std.floor((if limit == null then 1073741824 else limit) / 5120))),
  image: image('victoriametrics/victoria-metrics', tag)(std.get(given, 'image', {})),
});
local url(given) = typed({
  url: kinds.string, username: kinds.maybe(kinds.string), passwordSecret: kinds.any, bearerTokenSecret: kinds.any,
}, { username: null, passwordSecret: null, bearerTokenSecret: null }, given) + {
  assert std.startsWith(self.url, 'http://') || std.startsWith(self.url, 'https://') : 'no URL',
  assert (self.username == null) == (self.passwordSecret == null) : 'a user and a password',
};
local remote(given={}) =
  local queue = std.get(given, 'queueSize', 536870912), urls = std.map(url, std.get(given, 'extraUrls', []));
  local least = (1 + std.length(urls)) * (queue + 536870912);
  typed({ queueSize: kinds.size, queueVolume: kinds.size, extraUrls: kinds.list }, { queueVolume: least + 67108864 },
        given + { queueSize: queue, extraUrls: urls }) + {
    assert self.queueSize >= 500000000 : 'rounded up',
    assert self.queueVolume >= least : 'does not fit',
  };
local agent(tag) = function(given={}) typed(workload {
  enabled: kinds.bool, ephemeralStorage: kinds.size, remoteWrite: kinds.map, namespaces: kinds.list, rbac: kinds.map,
  extraScrapeConfigs: kinds.list, updateStrategy: kinds.map,
}, {}, workloads(given, {
  enabled: true, namespaces: [], extraScrapeConfigs: [], terminationGracePeriodSeconds: 30,
  resources: { requests: { cpu: 0.05, memory: 67108864 }, limits: { cpu: 0.2, memory: 134217728 } },
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
}, 30) + {
  remoteWrite: remote(std.get(given, 'remoteWrite', {})),
  ephemeralStorage: std.get(given, 'ephemeralStorage', self.remoteWrite.queueVolume + 134217728),
  rbac: typed({ create: kinds.bool }, { create: true }, std.get(given, 'rbac', {})),
  image: image('victoriametrics/vmagent', tag)(std.get(given, 'image', {})),
}) + { assert self.ephemeralStorage > self.remoteWrite.queueVolume : 'less disk than its queues' };
local relabel(given) = typed({
  sourceLabels: kinds.list, separator: kinds.string, regex: kinds.string, targetLabel: kinds.maybe(kinds.string), replacement: kinds.string,
  modulus: kinds.any, action: kinds.enum(['replace', 'keep', 'drop', 'labelmap', 'labeldrop', 'labelkeep', 'hashmod', 'lowercase', 'uppercase']),
}, { sourceLabels: [], separator: ';', regex: '(.*)', targetLabel: null, replacement: '$1', modulus: null, action: 'replace' }, given) + {
  assert !std.member(['replace', 'hashmod', 'lowercase', 'uppercase'], self.action) || self.targetLabel != null : 'no label',
  assert self.action != 'hashmod' || self.modulus != null : 'no modulus',
};
local endpoint(x) = std.isString(x) && local parts = std.split(x, ':'); std.length(parts) == 2 && kinds.port(std.parseInt(parts[1]));
local job(scrape) = function(given) typed({
  enabled: kinds.bool, interval: kinds.interval, timeout: kinds.interval, path: kinds.path, discover: kinds.maybe(kinds.enum(['pods'])),
  service: kinds.maybe(endpoint), selector: kinds.map, targets: function(x) all(std.map(endpoint, x)), scheme: kinds.enum(['http', 'https']),
  params: kinds.map, on: function(x) all([std.member(['compose', 'kubernetes'], at) for at in x]), relabel: kinds.list, metricRelabel: kinds.list,
}, {
  enabled: true, interval: scrape.interval, path: '/metrics', discover: null, service: null, selector: {}, targets: [], scheme: 'http', params: {},
  on: ['compose', 'kubernetes'], timeout: std.min(scrape.timeout, std.get(given, 'interval', scrape.interval)),
}, given + {
  relabel: std.map(relabel, std.get(given, 'relabel', [])),
  metricRelabel: std.map(relabel, std.get(given, 'metricRelabel', [])),
}) + {
  local kinds_of = (if self.discover != null then 1 else 0) + (if self.service != null then 1 else 0) + std.min(1, std.length(self.targets)),
  assert self.timeout <= self.interval : 'longer than the interval',
  assert kinds_of >= 1 : 'scrapes nothing',
  assert kinds_of <= 1 : 'scrapes two kinds',
  assert std.length(self.on) >= 1 : 'nowhere',
  assert std.length(self.selector) == 0 || self.service != null : 'a selector of nothing',
};
local scrape(given={}) =
  local interval = std.get(given, 'interval', 15);
  local own = { interval: interval, timeout: std.get(given, 'timeout', std.min(10, interval)) };
  typed({ interval: kinds.interval, timeout: kinds.interval, job: kinds.map, extraScrapeConfigs: kinds.list }, { extraScrapeConfigs: [] },
        given + own + { job: std.mapWithKey(function(name, value) job(own)(value), std.get(given, 'job', {})) }) + {
    assert self.timeout <= self.interval : 'longer than the interval',
  };

// A stack: what is given, with everything else.
function(given) typed({
  enabled: kinds.bool, version: kinds.release, retention: kinds.retention, persistence: kinds.map, server: kinds.map, vmagent: kinds.map,
  scrape: kinds.map, service: kinds.map, serviceAccount: kinds.map, networkPolicy: kinds.map, imagePullSecrets: kinds.list,
  nameOverride: kinds.maybe(kinds.label), fullnameOverride: kinds.maybe(kinds.label), chart: kinds.map, compose: kinds.map,
}, { enabled: true, retention: 2592000, imagePullSecrets: [], nameOverride: null, fullnameOverride: null }, given + {
  persistence: typed({
    enabled: kinds.bool, size: kinds.size, storageClass: kinds.maybe(kinds.string), accessModes: kinds.list, mountPath: kinds.path,
    existingClaim: kinds.maybe(kinds.string), annotations: kinds.map,
  }, {
    enabled: true, size: 10737418240, storageClass: null, accessModes: ['ReadWriteOnce'], mountPath: '/storage', existingClaim: null, annotations: {},
  }, std.get(given, 'persistence', {})) + {
    assert std.length(self.accessModes) >= 1 : 'no mode',
    assert self.mountPath != '/' : 'hides the program',
  },
  server: server(given.version)(std.get(given, 'server', {})),
  vmagent: agent(given.version)(std.get(given, 'vmagent', {})),
  scrape: scrape(std.get(given, 'scrape', {})),
  service: typed({ name: kinds.label, type: kinds.enum(['ClusterIP', 'NodePort', 'LoadBalancer']), port: kinds.port, annotations: kinds.map },
                 { name: 'metrics-store', type: 'ClusterIP', port: 8428, annotations: {} }, std.get(given, 'service', {})),
  serviceAccount: typed({ create: kinds.bool, name: kinds.maybe(kinds.label), annotations: kinds.map }, { create: true, name: null, annotations: {} },
                        std.get(given, 'serviceAccount', {})) + { assert self.create || self.name != null : 'needs a name' },
  networkPolicy: typed({ enabled: kinds.bool }, { enabled: true }, std.get(given, 'networkPolicy', {})),
  chart: typed({ parent: kinds.maybe(kinds.string), version: kinds.string }, { parent: null, version: '0.1.0' }, std.get(given, 'chart', {})),
  compose: typed({
    file: kinds.string, network: kinds.maybe(kinds.string), bind: kinds.string, containerName: kinds.maybe(kinds.string), agent: kinds.bool,
    restart: kinds.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  }, {
    file: 'docker/docker-compose.yml', network: null, bind: '127.0.0.1', containerName: null, agent: false, restart: 'unless-stopped',
  }, std.get(given, 'compose', {})),
})
