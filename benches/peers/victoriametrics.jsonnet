// `stacks/victoriametrics.vms` in Jsonnet: the stack alone, and with its profile.
local schema = import 'schema.libsonnet';
local services = [{ name: 'orchestrator', port: 8080 }];
local stack = {
  version: 'v1.106.1',
  retention: 30 * 86400,
  persistence: { size: 10 * 1073741824 },
  server: { resources: { requests: { cpu: 0.1, memory: 256 * 1048576 }, limits: { cpu: 0.5, memory: 512 * 1048576 } } },
  scrape: {
    interval: 15,
    job: { 'kubernetes-pods': { discover: 'pods' } }
         + { [s.name]: { service: '%s:%d' % [s.name, s.port] } for s in services }
         + { 'hook-telemetry': { targets: ['host.docker.internal:9191'], interval: 30, on: ['compose'] } },
  },
  service: { name: 'metrics-store', port: 8428 },
  chart: { parent: 'charts/dox-asdlc', version: '0.1.0' },
  compose: { file: 'docker/docker-compose.yml', network: 'asdlc-network' },
};
{ stack: schema(stack), minikube: schema(stack { retention: 7 * 86400, persistence+: { size: 2 * 1073741824 } }) }
