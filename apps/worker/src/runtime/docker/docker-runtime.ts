// The runtime port on a Docker Engine API: Docker, Podman, or a dockerd of our own. Does I/O through the engine's socket.
export {}
