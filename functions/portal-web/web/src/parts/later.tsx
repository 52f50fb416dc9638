// Pages that few people open are fetched when somebody does: everybody else's first load stays small.

import type { ComponentType } from "preact";
import { useLoad } from "./load";
import { Ready } from "./parts";

export function later(load: () => Promise<ComponentType>): ComponentType {
  return function Later() {
    const [loaded, again] = useLoad(load, []);
    return (
      <Ready of={loaded} again={again} heads>
        {(Page) => <Page />}
      </Ready>
    );
  };
}
