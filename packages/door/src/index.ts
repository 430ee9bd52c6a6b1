// The way between an agent in a cluster and its worker: both ends.
export { openInnerDoor, type InnerDoor, type InnerDoorOptions } from './inner-door.ts'
export { openOuterDoor, type KeptKey, type OuterDoor, type OuterDoorOptions } from './outer-door.ts'
export { doorPorts, type DoorPorts } from './names.ts'
