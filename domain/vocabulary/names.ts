// The two families of names joined: for every name and place the words of both dialects, worked out once at start.
import { activityOfSubcategory, compileActivityKey } from './activity-keys.ts';
import type { ActivityKey } from './activity-keys.ts';
import { currentEvents } from './current-events.ts';
import type { CurrentEvent } from './current-event.ts';
import type { CurrentCategory, CurrentSubcategory, Notification, Permission, Visibility } from './current-words.ts';
import { placeByIds, placeByResource, places } from './place.ts';
import type { ByPlace, Located, Place } from './place.ts';
import { v1Events } from './v1-events.ts';
import type { V1Event } from './v1-event.ts';

/** What a /current name says at one place. */
export interface CurrentSide {
  readonly name: string;
  readonly category: CurrentCategory;
  readonly sub_category: CurrentSubcategory;
  readonly visibility: Visibility | null;
  readonly permission: Permission | null;
  readonly notification: Notification;
  readonly activity: readonly ActivityKey[];
}

export interface JoinedNames {
  readonly v1: V1Event;
  readonly current: CurrentSide;
}

/** One name with its counterpart, by place; `placeOf` says which place an entry has. */
export interface Names {
  readonly placeOf: (entry: Located) => Place;
  readonly byPlace: ByPlace<JoinedNames>;
}

const v1ByName = new Map(Object.entries<V1Event>(v1Events));
const sidesByName = new Map(currentEvents.map((event) => [event.name, forEachPlace((place) => sideOf(event, place))]));

export const namesByV1: ReadonlyMap<string, Names> = new Map(
  [...v1ByName.values()].map((v1): [string, Names] => [
    v1.name,
    {
      placeOf: v1.placed_by === 'resource_type' ? placeByResource : placeByIds,
      byPlace: forEachPlace((place) => ({ v1, current: sideNamed(v1.current[place], place) })),
    },
  ]),
);

export const namesByCurrent: ReadonlyMap<string, Names> = new Map(
  currentEvents.map((event): [string, Names] => [
    event.name,
    {
      placeOf: placeByIds,
      byPlace: forEachPlace((place) => ({ v1: v1Named(event.v1[place]), current: sideNamed(event.name, place) })),
    },
  ]),
);

function sideOf(event: CurrentEvent, place: Place): CurrentSide {
  return {
    name: event.name,
    category: event.category[place],
    sub_category: event.sub_category,
    visibility: event.visibility,
    permission: event.permission,
    notification: event.notification,
    activity: event.activity?.map(compileActivityKey) ?? activityOfSubcategory(event.sub_category),
  };
}

function sideNamed(name: string, place: Place): CurrentSide {
  const sides = sidesByName.get(name);
  if (sides === undefined) throw new Error(`the vocabulary maps to the /current name "${name}" and does not know it`);
  return sides[place];
}

function v1Named(name: string): V1Event {
  const event = v1ByName.get(name);
  if (event === undefined) throw new Error(`the vocabulary maps to the v1 name "${name}" and does not know it`);
  return event;
}

function forEachPlace<T>(make: (place: Place) => T): ByPlace<T> {
  return Object.fromEntries(places.map((place) => [place, make(place)])) as Record<Place, T>;
}
