//! The table of neurons.

use neuroloom_table::Columns;
use neuroloom_testkit::shared_data;
use neuroloom_wiring::atlas;

use crate::support::text_file;

#[test]
fn published_columns_and_words_are_understood() {
    let text = "label,class,neurotransmitter,type,x,y,z\nVB02,VB,Ach,motorneuron,0.5,94,-1\nAVAL,,Glutamate,inter,,,\n";
    let (_folder, path) = text_file("sheet.csv", text);
    let table = atlas::read(&path).unwrap();
    let word = |column: &str, row| table.text(column).unwrap().get(row);
    let row = (0..2).find(|row| word("neuron", *row) == Some("VB2")).unwrap();
    assert_eq!(
        [word("class", row), word("type", row), word("transmitter", row)],
        [Some("VB"), Some("motor"), Some("ACh")]
    );
    assert_eq!(
        ["x_um", "y_um", "z_um"].map(|axis| table.numbers(axis).unwrap().get(row)),
        [0.5, 94.0, -1.0].map(Some)
    );
    assert_eq!((word("class", 1 - row), table.numbers("x_um").unwrap().get(1 - row)), (Some("AVA"), None));
}

#[test]
fn wrong_tables_are_refused() {
    let refused = |text: &str| {
        let (_folder, path) = text_file("neurons.csv", text);
        atlas::read(&path).unwrap_err().report()
    };
    assert!(refused("id,type\nAVAL,inter\n").contains("\"neuron\""));
    assert!(refused("neuron\nVB2\nVB02\n").contains("twice"));
    assert!(refused("neuron,x\nVB2,far\n").contains("row 2, column B"));
    assert!(refused("neuron,x\n,2\n").contains("row 2, column A"));
}

#[test]
fn the_atlas_of_300_neurons_is_read() {
    let Some(path) = shared_data("celegans/neurons/neurons_300.csv") else { return };
    let table = atlas::read(&path).unwrap();
    let (slots, y_um) = (table.integers("slot").unwrap(), table.numbers("y_um").unwrap());
    assert_eq!(table.n_rows(), 300);
    assert!((0..300).all(|row| slots.value(row) == row as i64));
    assert_eq!(y_um.get(0), Some(94.34));
}
