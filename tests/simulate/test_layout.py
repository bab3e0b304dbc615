import pytest

from deepnoise_app.errors import ScreenError
from deepnoise_app.screen import PlateShape, Role, WellId
from deepnoise_app.simulate import ScreenDesign, simulate_screen


def treated(plate_map):
    return [plate_map[w].perturbation for w in plate_map if plate_map[w].role is Role.TREATMENT]


def test_experiments_are_labelled_ones_then_unlabelled_ones():
    made = simulate_screen(ScreenDesign(experiments=3, unlabelled=2))
    assert made.screen.reader == "simulated"
    assert made.screen.experiments == tuple(f"HUVEC-0{i}" for i in range(1, 6))
    assert len(made.screen.plates) == 10
    assert made.screen.channels[0].name == "Nuclei"
    assert len(made.screen.channels) == 6


def test_unlabelled_plates_hide_treatments_and_nothing_else():
    made = simulate_screen(ScreenDesign(experiments=1, unlabelled=1))
    shown = made.screen.plate("HUVEC-02", "Plate1").map
    truth = made.truth["HUVEC-02", "Plate1"]
    assert list(shown) == list(truth)
    assert set(treated(shown)) == {""}
    assert len(set(treated(truth))) == 16
    assert all(shown[w] == truth[w] for w in truth if truth[w].role.is_control)


def test_labelled_plates_show_the_whole_truth():
    made = simulate_screen(ScreenDesign())
    for experiment in made.screen.experiments[:6]:
        for plate in ("Plate1", "Plate2"):
            assert made.screen.plate(experiment, plate).map == made.truth[experiment, plate]


def test_every_experiment_holds_every_perturbation_once():
    made = simulate_screen(ScreenDesign(perturbations=33, plates=4))
    for experiment in made.screen.experiments:
        maps = [made.truth[experiment, f"Plate{i}"] for i in range(1, 5)]
        names = [name for plate_map in maps for name in treated(plate_map)]
        assert sorted(names) == sorted(f"sirna_{i}" for i in range(33))


def test_each_plate_holds_one_library_plate_and_its_place_shifts():
    made = simulate_screen(ScreenDesign(experiments=8, unlabelled=0, plates=4))
    library = made.screen.library
    assert library is not None
    assert library.names == ("p0", "p1", "p2", "p3")
    orders = set()
    for experiment in made.screen.experiments:
        order = tuple(made.library_plates[experiment, f"Plate{i}"] for i in range(1, 5))
        assert sorted(order) == ["p0", "p1", "p2", "p3"]
        start = order.index("p0")
        assert order[start:] + order[:start] == ("p0", "p1", "p2", "p3")
        orders.add(order)
        for i, name in enumerate(order, start=1):
            held = treated(made.truth[experiment, f"Plate{i}"])
            assert sorted(held) == sorted(library.plates[name])
    assert len(orders) == 4


def test_perturbations_lie_on_other_wells_in_every_experiment():
    made = simulate_screen(ScreenDesign(experiments=6, unlabelled=0, plates=1))
    wells = {
        plate_map.contents[w].perturbation: []
        for plate_map in made.truth.values()
        for w in plate_map
    }
    for plate_map in made.truth.values():
        for well in plate_map:
            wells[plate_map[well].perturbation].append(well)
    assert len(set(wells["sirna_0"])) > 2
    assert set(wells["UNTREATED"]) == {WellId.parse("B02")}


def test_positive_controls_keep_their_wells():
    made = simulate_screen(ScreenDesign(perturbations=64, plates=2))
    positive = {frozenset(w for w in m if m[w].role is Role.POSITIVE) for m in made.truth.values()}
    assert len(positive) == 1
    assert len(next(iter(positive))) == 3


def test_a_full_plate_of_rxrx1_fits_on_384_wells_inside_the_border():
    design = ScreenDesign(experiments=1, unlabelled=0, plates=4, perturbations=1108)
    plate = simulate_screen(design).screen.plates[0]
    assert plate.shape == PlateShape(16, 24)
    assert len(plate.wells) == 308
    assert treated(plate.map).__len__() == 277
    rows, columns = {w.row for w in plate.wells}, {w.column for w in plate.wells}
    assert (min(rows), max(rows)) == (1, 14)
    assert (min(columns), max(columns)) == (1, 22)


def test_the_plate_size_asked_for_is_the_one_made():
    plate = simulate_screen(ScreenDesign(wells=384)).screen.plates[0]
    assert plate.shape == PlateShape(16, 24)


def test_cell_types_take_turns_and_count_for_themselves():
    design = ScreenDesign(experiments=3, unlabelled=0, cell_types=("HUVEC", "RPE"))
    assert simulate_screen(design).screen.experiments == ("HUVEC-01", "HUVEC-02", "RPE-01")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"plates": 0}, "plates is 0"),
        ({"experiments": 0, "unlabelled": 0}, "at least one experiment"),
        ({"perturbations": 1}, "cannot fill 2 library plates"),
        ({"size": 4}, "size is 4 pixels"),
        ({"wells": 100}, "no standard plate has 100 wells"),
        ({"difficulty": 0.0}, "difficulty is 0.0"),
        ({"cell_types": ("HELA",)}, "no cell type 'HELA', only HUVEC"),
        ({"cell_types": ()}, "at least one cell type"),
    ],
)
def test_designs_that_cannot_be_served_say_why(values, said):
    with pytest.raises(ScreenError, match=said):
        ScreenDesign(**values)


def test_too_many_perturbations_for_a_plate_say_how_many_fit():
    with pytest.raises(ScreenError, match=r"need 110 wells .* room for 60"):
        simulate_screen(ScreenDesign(perturbations=196, wells=96))
