//! The tileset format: MBTiles and PMTiles
