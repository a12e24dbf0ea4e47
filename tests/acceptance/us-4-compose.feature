Feature: US-4: Add Docker Compose Service
  As a developer
  I want VictoriaMetrics in docker-compose.yml
  So that I can run the full monitoring stack locally

  1. victoriametrics service added to docker/docker-compose.yml
  2. Service uses official VictoriaMetrics image (victoriametrics/victoria-metrics)
  3. Port 8428 is exposed for local access
  4. Named volume persists data between restarts
  5. Health check validates service readiness
  6. Service is on asdlc-network for container communication

  Scenario: VictoriaMetrics starts in docker-compose
    Given docker-compose.yml includes victoriametrics
    When I run docker-compose up victoriametrics
    Then the container should reach healthy state
    And http://localhost:8428/health should return 200
    And the service should use the official image
    And the health check should fail when the server is stopped

  Scenario: Volume persists data
    Given victoriametrics has been running
    And I wrote a test metric
    When I run docker-compose down && docker-compose up
    Then the test metric should still exist

  Scenario: Network connectivity
    Given victoriametrics is running
    When I exec into orchestrator container
    Then I can curl http://victoriametrics:8428/health
    And the service should be on asdlc-network

  Scenario: The old docker-compose runs it too
    Given docker-compose 1.29 is what there is
    When I run docker-compose up victoriametrics
    Then the container should reach healthy state
    And http://localhost:8428/health should return 200
