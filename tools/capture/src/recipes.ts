import type { Recipe } from './recipe.js';
import { HAZARD_RECIPES } from './recipes/hazard-recipes.js';
import { LIVE_RECIPES } from './recipes/live-recipes.js';
import { MACHINE_RECIPES } from './recipes/machine-recipes.js';
import { MEMORY_RECIPES } from './recipes/memory-recipes.js';
import { OPTION_RECIPES } from './recipes/option-recipes.js';
import { TARGET_RECIPES } from './recipes/target-recipes.js';

/** Every capture that can be made again. */
export const RECIPES: readonly Recipe[] = [
  ...MACHINE_RECIPES,
  ...MEMORY_RECIPES,
  ...OPTION_RECIPES,
  ...LIVE_RECIPES,
  ...HAZARD_RECIPES,
  ...TARGET_RECIPES,
];
