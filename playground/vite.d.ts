/** What Vite adds: import.meta.env, and imports of style sheets. */
/// <reference types="vite/client" />
