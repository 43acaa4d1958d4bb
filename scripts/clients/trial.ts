// Tests the types that openapi-typescript generates, in a conversation with a server.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./api.js";

type Event = components["schemas"]["Event"];

/** The compiler infers the type of `data` from `type`. */
function told(event: Event): string | null {
  switch (event.type) {
    case "chatroom.created":
    case "chatroom.updated":
      return event.data.name;
    case "chatroom.deleted":
      return event.data.id;
    case "membership.created":
    case "membership.updated":
      return event.data.role;
    case "membership.deleted":
      return event.data.reason;
    case "message.created":
    case "message.updated":
    case "message.deleted":
      return event.data.body;
    default:
      return null; // An event type of a later version.
  }
}

function sure<T>({ data, error }: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (data === undefined) throw new Error(error?.code);
  return data;
}

// The log of a chatroom is also a stream; these are the media types that this client reads.
const api = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2]! });
const username = `ts-${crypto.randomUUID().slice(0, 12)}`;
const password = "analytical engine";
sure(await api.POST("/api/users", { body: { username, password } }));
const wrong = await api.POST("/api/auth/session", { body: { username, password: "difference engine" } });
if (wrong.error?.code !== "invalid_credentials") throw new Error("signed in by a wrong password");
const { access_token } = sure(await api.POST("/api/auth/session", { body: { username, password } }));
const bearer: Middleware = { onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${access_token}`) };
api.use(bearer);

const room = sure(await api.POST("/api/chatrooms", { body: { name: "Engines" } }));
const path = { chatroom_id: room.id };
for (let n = 0; n < 5; n++) {
  sure(await api.POST("/api/chatrooms/{chatroom_id}/messages", { params: { path }, body: { body: `Message ${n}` } }));
}
const read: (string | null)[] = [];
for (let cursor: string | null | undefined; cursor !== null; ) {
  const query = cursor === undefined ? { after: 0, limit: 2 } : { cursor, limit: 2 };
  const page = sure(await api.GET("/api/chatrooms/{chatroom_id}/messages", { params: { path, query } }));
  read.push(...page.items.map((message) => message.body));
  cursor = page.next_cursor;
}
if (read.join() !== [0, 1, 2, 3, 4].map((n) => `Message ${n}`).join()) throw new Error(read.join());
const events = sure(await api.GET("/api/chatrooms/{chatroom_id}/events", { params: { path } })).items;
if (told(events[0]!) !== "Engines" || told(events[1]!) !== "owner") throw new Error("another log");
const tomorrow: unknown = { ...events[0], type: "poll.opened", data: {} };
if (told(tomorrow as Event) !== null) throw new Error("an event of tomorrow was mistaken for one of today");
console.log("openapi-typescript: a whole conversation");
