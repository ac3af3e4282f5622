import { circles } from './circles.js';
import { staleFloorTable } from './floor-table.js';
import { readFloors } from './floors.js';
import { faultsOfTable, forbiddenImports } from './forbidden-imports.js';
import { listPackageFolders, staleManifests } from './manifests.js';
import { listSourceFiles } from './source-files.js';

/** What is wrong with the floors, and with what follows from them, a line each. */
export function checkFloors(): string[] {
  const floors = readFloors();
  const folders = listPackageFolders();
  const names = folders.filter((folder) => folder.startsWith('packages/')).map((folder) => folder.slice(9));
  return [
    ...faultsOfTable(floors, names),
    ...forbiddenImports(floors),
    ...folders
      .flatMap((folder) => circles(listSourceFiles(folder)))
      .map((circle) => `a circle of imports: ${circle}`),
    ...staleManifests(),
    ...staleFloorTable(floors),
  ];
}
